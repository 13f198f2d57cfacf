import type { FetchedRecords } from '../../clients/kafka/fetched-records.ts';
import type { Millis } from '../../clock.ts';
import type { Headers, PartitionId, Position, Records } from '../../event.ts';

/** A run of what was fetched, which it shares: nothing is copied, and nothing is decoded before it is asked for. */
export class KafkaRecords implements Records {
  readonly partition: PartitionId;
  readonly length: number;
  readonly #fetched: FetchedRecords;
  readonly #start: number;

  constructor(partition: PartitionId, fetched: FetchedRecords, start: number, length: number) {
    this.partition = partition;
    this.length = length;
    this.#fetched = fetched;
    this.#start = start;
  }

  text(index: number): string | null {
    return this.#fetched.text(this.#start + index);
  }

  bytes(index: number): Uint8Array | null {
    return this.#fetched.value(this.#start + index);
  }

  size(index: number): number {
    return this.#fetched.size(this.#start + index);
  }

  key(index: number): Uint8Array | null {
    return this.#fetched.key(this.#start + index);
  }

  headers(index: number): Headers {
    return this.#fetched.headers(this.#start + index);
  }

  timestamp(index: number): Millis | null {
    const timestamp = this.#fetched.timestamp(this.#start + index);
    return timestamp < 0 ? null : timestamp;
  }

  offset(index: number): Position {
    return this.#fetched.offset(this.#start + index);
  }

  next(index: number): Position {
    return this.offset(index) + 1;
  }
}
