import type { Source } from '../component/source.ts';
import type { PartitionId, Position } from '../event.ts';
import type { RunQueue } from './queue.ts';

/**
 * Which partitions a bounded read is through with: each is finished once, when the last that was read of it has been
 * processed, so that where event time goes on does not depend on how far the source reads ahead.
 */
export class Endings {
  readonly #source: Pick<Source, 'ends'>;
  readonly #queue: Pick<RunQueue, 'has'>;
  readonly #finish: (partition: PartitionId) => void;
  /** Partitions of which something was read. */
  readonly #begun = new Set<PartitionId>();
  /** Read to the end, with something still in the queue. */
  readonly #waiting = new Set<PartitionId>();

  constructor(
    source: Pick<Source, 'ends'>,
    queue: Pick<RunQueue, 'has'>,
    finish: (partition: PartitionId) => void,
  ) {
    this.#source = source;
    this.#queue = queue;
    this.#finish = finish;
  }

  /** Something was read of the partition. */
  begun(partition: PartitionId): void {
    this.#begun.add(partition);
  }

  /** All before `position` has been processed. */
  reached(partition: PartitionId, position: Position | undefined): void {
    const end = this.#source.ends?.()?.[partition];
    if (end !== undefined && position !== undefined && position >= end) this.#finish(partition);
  }

  /** Nothing stands behind the last record read: where none was, nothing was there from the beginning. */
  upToDate(partition: PartitionId): void {
    if (!this.#begun.has(partition)) this.reached(partition, Number.POSITIVE_INFINITY);
  }

  /** No more will be read of the partition. */
  ended(partition: PartitionId): void {
    if (this.#queue.has(partition)) this.#waiting.add(partition);
    else this.#finish(partition);
  }

  /** Something of the queue has been processed. */
  check(): void {
    for (const partition of this.#waiting) {
      if (this.#queue.has(partition)) continue;
      this.#waiting.delete(partition);
      this.#finish(partition);
    }
  }
}
