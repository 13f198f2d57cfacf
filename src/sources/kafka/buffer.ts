import type { KafkaMessage } from 'kafkajs';
import type { PartitionId } from '../../event.ts';
import { KafkaRecords, sizeOf } from './records.ts';

/** What kafkajs's objects for one record cost beside its bytes, as measured. */
const OVERHEAD = 500;

interface Fetched {
  readonly partition: PartitionId;
  readonly messages: readonly KafkaMessage[];
  taken: number;
}

/** Fetched records that wait to be polled, first in, first out. */
export class FetchBuffer {
  readonly #limit: number;
  #queue: Fetched[] = [];
  #bytes = 0;

  /** `limit` is in bytes of memory, the records' own objects included. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  /** Whether more should wait. One batch more than the limit does fit. */
  get isFull(): boolean {
    return this.#bytes >= this.#limit;
  }

  add(partition: PartitionId, messages: readonly KafkaMessage[]): void {
    if (messages.length === 0) return;
    this.#queue.push({ partition, messages, taken: 0 });
    for (const message of messages) this.#bytes += sizeOf(message) + OVERHEAD;
  }

  /** The next run of one partition: at most `maxRecords`, and `maxBytes` unless the first alone is larger. */
  take(maxRecords: number, maxBytes: number): KafkaRecords | undefined {
    const first = this.#queue[0];
    if (first === undefined || maxRecords <= 0) return undefined;
    const { messages, taken } = first;
    const most = Math.min(messages.length, taken + maxRecords);
    let bytes = sizeOf(messages[taken]!);
    let end = taken + 1;
    for (; end < most; end++) {
      const size = sizeOf(messages[end]!);
      if (bytes + size > maxBytes) break;
      bytes += size;
    }
    first.taken = end;
    if (end === messages.length) this.#queue.shift();
    this.#bytes -= bytes + (end - taken) * OVERHEAD;
    return new KafkaRecords(first.partition, messages, taken, end - taken);
  }

  clear(): void {
    this.#queue = [];
    this.#bytes = 0;
  }
}
