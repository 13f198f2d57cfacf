import type { Millis } from '../clock.ts';
import type { Source } from '../component/source.ts';
import type { PartitionId } from '../event.ts';
import type { SourceWatermark } from './watermark.ts';

/**
 * Keeps the partitions of one source together in event time: the slowest holds the watermark back, so whatever is read
 * of the others before it waits in open windows. A partition that is ahead of it by more than `drift` is not fetched
 * further until the slowest has made up half of that.
 */
export class Alignment {
  readonly #source: Pick<Source, 'pause' | 'resume'>;
  readonly #watermark: SourceWatermark;
  readonly #drift: Millis;
  readonly #paused = new Set<PartitionId>();
  /** Where a partition without an event yet is taken to stand: where the first one began. */
  #beginning: Millis | undefined;

  constructor(source: Pick<Source, 'pause' | 'resume'>, watermark: SourceWatermark, drift: Millis) {
    this.#source = source;
    this.#watermark = watermark;
    this.#drift = drift;
  }

  /** Pauses and resumes, as far as something has changed. */
  check(): void {
    const partitions = this.#watermark.expected();
    if (partitions.length < 2 && this.#paused.size === 0) return;
    const begun = partitions.map(([, newest]) => newest).filter(Number.isFinite);
    if (begun.length > 0) this.#beginning ??= Math.min(...begun);
    const beginning = this.#beginning ?? Number.NEGATIVE_INFINITY;
    const slowest = Math.min(
      ...partitions.map(([, newest]) => (Number.isFinite(newest) ? newest : beginning)),
    );
    for (const [partition, newest] of partitions) {
      const isPaused = this.#paused.has(partition);
      if (!isPaused && newest - slowest > this.#drift) this.#pause(partition);
      if (isPaused && newest - slowest <= this.#drift / 2) this.#resume(partition);
    }
  }

  /** The partition is not ours any more, or ours anew. */
  forget(partition: PartitionId): void {
    if (this.#paused.has(partition)) this.#resume(partition);
  }

  #pause(partition: PartitionId): void {
    this.#paused.add(partition);
    this.#source.pause(partition);
  }

  #resume(partition: PartitionId): void {
    this.#paused.delete(partition);
    this.#source.resume(partition);
  }
}
