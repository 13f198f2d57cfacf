import type { FetchedRecords } from '../../clients/kafka/fetched-records.ts';
import type { PartitionId } from '../../event.ts';
import { KafkaRecords } from './records.ts';

interface Fetched {
  readonly partition: PartitionId;
  /** All of it stays in memory until the last record is taken. */
  readonly records: FetchedRecords;
  taken: number;
}

/** Fetched records that wait to be polled: first in, first out, but for those of partitions that are held. */
export class FetchBuffer {
  readonly #limit: number;
  readonly #held = new Set<PartitionId>();
  /** Those that were ever held. */
  readonly #rationed = new Set<PartitionId>();
  #queue: Fetched[] = [];

  /** `limit` is in bytes of memory, with what it takes to find the records in them. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  /** Whether nothing can be taken. */
  get isResting(): boolean {
    return this.#queue.every(({ partition }) => this.#held.has(partition));
  }

  /**
   * Whether more should wait. One fetch more than the limit does fit. What is held does not count: those that it waits
   * for need the room.
   */
  get isFull(): boolean {
    let bytes = 0;
    for (const fetched of this.#queue)
      if (!this.#held.has(fetched.partition)) bytes += fetched.records.memory;
    return bytes >= this.#limit;
  }

  /** How much of the partition waits. */
  bytesOf(partition: PartitionId): number {
    let bytes = 0;
    for (const fetched of this.#queue) if (fetched.partition === partition) bytes += fetched.records.memory;
    return bytes;
  }

  /** Whether so much of a partition waits that no more need be fetched: those that are ever held share the limit. */
  isSated(partition: PartitionId): boolean {
    if (!this.#rationed.has(partition)) return false;
    return this.bytesOf(partition) >= this.#limit / (this.#rationed.size + 1);
  }

  /** Nothing of the partition is taken until it is released. */
  hold(partition: PartitionId): void {
    this.#held.add(partition);
    this.#rationed.add(partition);
  }

  release(partition: PartitionId): void {
    this.#held.delete(partition);
  }

  add(partition: PartitionId, records: FetchedRecords): void {
    if (records.length > 0) this.#queue.push({ partition, records, taken: 0 });
  }

  /** The next run of one partition: at most `maxRecords`, and `maxBytes` unless the first alone is larger. */
  take(maxRecords: number, maxBytes: number): KafkaRecords | undefined {
    const next = this.#queue.findIndex(({ partition }) => !this.#held.has(partition));
    const first = this.#queue[next];
    if (first === undefined || maxRecords <= 0) return undefined;
    const { records, taken } = first;
    const most = Math.min(records.length, taken + maxRecords);
    let bytes = records.size(taken);
    let end = taken + 1;
    for (; end < most; end++) {
      const size = records.size(end);
      if (bytes + size > maxBytes) break;
      bytes += size;
    }
    first.taken = end;
    if (end === records.length) this.#queue.splice(next, 1);
    return new KafkaRecords(first.partition, records, taken, end - taken);
  }

  clear(): void {
    this.#queue = [];
  }
}
