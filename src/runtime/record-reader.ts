import type { Millis } from '../clock.ts';
import { type Decoder, decoderFor } from '../codecs/index.ts';
import { DataError } from '../errors.ts';
import { Event, type JsonObject, type Origin, type Records } from '../event.ts';
import type { SourceSpec } from '../spec/job.ts';
import { type TimeReader, timeReader } from './event-time.ts';
import { type Typing, typing } from './typing.ts';

/** Makes events of a source's records. */
export class RecordReader {
  readonly #decode: Decoder;
  readonly #timeOf: TimeReader;
  readonly #typed: Typing | undefined;

  constructor(spec: SourceSpec) {
    this.#decode = decoderFor(spec.format);
    this.#timeOf = timeReader(spec);
    this.#typed = spec.schema === undefined ? undefined : typing(spec);
  }

  /** Throws DataError. */
  event(origin: Origin, index: number): Event {
    const { records } = origin;
    const value = this.#valueOf(records, index);
    return new Event(value, this.#timeOf(value, records, index), origin, index);
  }

  /** The largest event time of records `[from, to)`; -Infinity where none of them has a usable one. */
  newest(records: Records, from: number, to: number): Millis {
    let newest = Number.NEGATIVE_INFINITY;
    for (let index = from; index < to; index++) {
      try {
        const time = this.#timeOf(this.#valueOf(records, index), records, index);
        if (time !== null && time > newest) newest = time;
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
      }
    }
    return newest;
  }

  #valueOf(records: Records, index: number): JsonObject | null {
    const value = this.#decoded(records, index);
    if (value !== null) this.#typed?.(value);
    return value;
  }

  #decoded(records: Records, index: number): JsonObject | null {
    if (records.value !== undefined) return records.value(index);
    const text = records.text(index);
    return text === null ? null : this.#decode(text, records.columns);
  }
}
