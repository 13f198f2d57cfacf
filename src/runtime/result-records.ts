import type { Millis } from '../clock.ts';
import { encodeJson } from '../codecs/json.ts';
import type { JsonObject, Records } from '../event.ts';

/** The record behind a result that an operator made: its bytes, for a dead letter, are the result as JSON. */
export class ResultRecords implements Records {
  readonly partition = 'results';
  readonly length = 1;
  readonly #value: JsonObject;
  readonly #time: Millis | null;

  constructor(value: JsonObject, time: Millis | null) {
    this.#value = value;
    this.#time = time;
  }

  text(): string {
    return encodeJson(this.#value);
  }

  bytes(): Uint8Array {
    return Buffer.from(this.text());
  }

  size(): number {
    return this.bytes().length;
  }

  key(): null {
    return null;
  }

  headers(): Record<string, never> {
    return {};
  }

  timestamp(): Millis | null {
    return this.#time;
  }

  offset(): number {
    return 0;
  }

  next(): number {
    return 0;
  }
}
