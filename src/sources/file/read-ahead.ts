import { type Rows, recordsOf } from '../../codecs/rows.ts';
import type { PartitionId, Records } from '../../event.ts';
import { Gate } from './gate.ts';

/** Bytes read ahead: some chunks, so that reading goes on while the job computes. */
const LIMIT = 4 * 1024 * 1024;

/** Stands behind the last rows of a partition. */
interface PartitionEnd {
  readonly endOf: PartitionId;
}

/** Rows between the reading, which waits for I/O, and `poll`, which never waits. Bounded in bytes. */
export class ReadAhead {
  readonly #queue: (Rows | PartitionEnd)[] = [];
  readonly #ended: (partition: PartitionId) => void;
  readonly #gate = new Gate();
  readonly #paused = new Set<PartitionId>();
  #allPaused = false;
  #bytes = 0;
  /** How many rows of the queue's head have been polled. */
  #polled = 0;
  #state: 'open' | 'ended' | 'closed' = 'open';

  /** `ended` is told by `poll` which partitions it has returned the last rows of. */
  constructor(ended: (partition: PartitionId) => void = () => {}) {
    this.#ended = ended;
  }

  /** Resolves when more of the partition should be read: with false when nothing should any more. */
  async room(partition: PartitionId): Promise<boolean> {
    while (this.#state === 'open' && (this.#bytes >= LIMIT || this.#isPaused(partition)))
      await this.#gate.wait();
    return this.#state === 'open';
  }

  push(rows: readonly Rows[]): void {
    if (rows.length === 0) return;
    for (const one of rows) {
      this.#queue.push(one);
      this.#bytes += one.chunk.bytes.length;
    }
    this.#gate.open();
  }

  /** Nothing more will be pushed of the partition. */
  endOf(partition: PartitionId): void {
    this.#queue.push({ endOf: partition });
    this.#gate.open();
  }

  /** Nothing more will be pushed. */
  end(): void {
    if (this.#state === 'open') this.#state = 'ended';
    this.#gate.open();
  }

  close(): void {
    this.#state = 'closed';
    this.#queue.length = 0;
    this.#gate.open();
  }

  /** Whether all that there will ever be has been polled. */
  get isDrained(): boolean {
    return this.#state === 'ended' && this.#queue.length === 0;
  }

  poll(maxRecords: number, maxBytes: number): Records | undefined {
    const head = this.#firstRows();
    if (head === undefined) return undefined;
    const from = this.#polled;
    const length = fitting(head, from, maxRecords, maxBytes);
    if (from + length === head.chunk.starts.length) this.#dropHead(head);
    else this.#polled += length;
    return recordsOf(head, from, length);
  }

  async ready(signal: AbortSignal): Promise<void> {
    if (this.#state === 'open' && this.#queue.length === 0) await this.#gate.wait(signal);
  }

  pause(partition?: PartitionId): void {
    if (partition === undefined) this.#allPaused = true;
    else this.#paused.add(partition);
  }

  resume(partition?: PartitionId): void {
    if (partition === undefined) {
      this.#allPaused = false;
      this.#paused.clear();
    } else this.#paused.delete(partition);
    this.#gate.open();
  }

  #isPaused(partition: PartitionId): boolean {
    return this.#allPaused || this.#paused.has(partition);
  }

  #firstRows(): Rows | undefined {
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      if (!('endOf' in head)) return head;
      this.#queue.shift();
      this.#ended(head.endOf);
    }
    return undefined;
  }

  #dropHead({ chunk }: Rows): void {
    this.#queue.shift();
    this.#bytes -= chunk.bytes.length;
    this.#polled = 0;
    this.#gate.open();
  }
}

/** How many rows from `from` on are within the bounds; at least one. */
function fitting({ chunk }: Rows, from: number, maxRecords: number, maxBytes: number): number {
  const { starts, ends } = chunk;
  const most = Math.min(Math.max(maxRecords, 1), starts.length - from);
  let length = 1;
  let bytes = ends[from]! - starts[from]!;
  while (length < most) {
    bytes += ends[from + length]! - starts[from + length]!;
    if (bytes > maxBytes) break;
    length++;
  }
  return length;
}
