import type { Millis } from '../clock.ts';
import type { PartitionId } from '../event.ts';

interface PartitionTime {
  /** The largest event time seen. */
  newest: Millis;
  idle: boolean;
  /** Whether no event of it will ever come. */
  over: boolean;
}

/**
 * The watermark of one source: the smallest over its partitions that are not idle of `newest − delay − 1 ms`. It never
 * goes back: a partition that comes late, or wakes up behind, finds its events judged by where the others are.
 */
export class SourceWatermark {
  /** No event at or before this time is expected any more. -Infinity at the start, +Infinity after the end. */
  current: Millis;
  readonly #delay: Millis;
  readonly #partitions = new Map<PartitionId, PartitionTime>();

  /** `current` is where a checkpoint left it. */
  constructor(delay: Millis, current: Millis = Number.NEGATIVE_INFINITY) {
    this.#delay = delay;
    this.current = current;
  }

  /** From now on the partition holds the watermark back; `newest` if a checkpoint knows it. */
  add(partition: PartitionId, newest: Millis = Number.NEGATIVE_INFINITY): void {
    if (!this.#partitions.has(partition))
      this.#partitions.set(partition, { newest, idle: false, over: false });
  }

  /** An event of this time was seen. */
  observe(partition: PartitionId, time: Millis): void {
    const entry = this.#partitions.get(partition);
    if (entry === undefined) throw new Error(`an event of ${partition}, which is not assigned`);
    if (time <= entry.newest) return;
    const held = entry.newest - this.#delay - 1 <= this.current;
    entry.newest = time;
    if (held) this.#recompute();
  }

  setIdle(partition: PartitionId, idle: boolean): void {
    const entry = this.#partitions.get(partition);
    if (entry === undefined || entry.idle === idle) return;
    entry.idle = idle;
    this.#recompute();
  }

  /** A bounded read has come to the end of the partition: it holds the watermark back no more. */
  finish(partition: PartitionId): void {
    const entry = this.#partitions.get(partition);
    if (entry === undefined || entry.over) return;
    entry.over = true;
    this.#recompute();
  }

  /** All partitions are quiet, and `current` is where the watermark goes all the same. */
  reach(current: Millis): void {
    this.current = Math.max(this.current, current);
  }

  /** Whether there are partitions, and nothing is expected of any of them for now. */
  get isIdle(): boolean {
    const partitions = [...this.#partitions.values()];
    return partitions.length > 0 && partitions.every(({ idle, over }) => idle || over);
  }

  /** How far each partition has come in event time, of those that events are still expected of. */
  expected(): (readonly [PartitionId, Millis])[] {
    return [...this.#partitions]
      .filter(([, { idle, over }]) => !idle && !over)
      .map(([partition, { newest }]) => [partition, newest]);
  }

  /** The input is at its end: no event is expected at all. */
  end(): void {
    this.current = Number.POSITIVE_INFINITY;
  }

  /** The newest event time of all; -Infinity before the first. */
  get latest(): Millis {
    let latest = Number.NEGATIVE_INFINITY;
    for (const { newest } of this.#partitions.values()) if (newest > latest) latest = newest;
    return latest;
  }

  /** Where the partitions stand, for the checkpoint; those without an event are left out. */
  newest(): Record<PartitionId, Millis> {
    const times: Record<PartitionId, Millis> = {};
    for (const [partition, { newest }] of this.#partitions) {
      if (newest > Number.NEGATIVE_INFINITY) times[partition] = newest;
    }
    return times;
  }

  #recompute(): void {
    let least = Number.POSITIVE_INFINITY;
    for (const { newest, idle, over } of this.#partitions.values()) {
      if (!idle && !over && newest < least) least = newest;
    }
    // When all are idle, open windows stay open.
    if (least === Number.POSITIVE_INFINITY) return;
    const watermark = least - this.#delay - 1;
    if (watermark > this.current) this.current = watermark;
  }
}

/** JSON knows no infinity: before the first event it is null, after the last one as late as a number can be. */
export function storedTime(watermark: Millis): Millis | null {
  if (watermark === Number.NEGATIVE_INFINITY) return null;
  return Math.min(watermark, Number.MAX_VALUE);
}

export function restoredTime(stored: Millis | null | undefined): Millis | undefined {
  return stored === Number.MAX_VALUE ? Number.POSITIVE_INFINITY : (stored ?? undefined);
}
