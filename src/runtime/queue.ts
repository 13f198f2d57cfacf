import type { Millis } from '../clock.ts';
import type { Origin, PartitionId, Position } from '../event.ts';

/** Records `[from, to)` of one run, admitted and not yet processed. */
export interface QueuedRun {
  readonly isDropped: false;
  readonly origin: Origin;
  from: number;
  readonly to: number;
}

/** Records of one partition that backpressure dropped: what counts of them when their turn comes. */
export interface DroppedRun {
  readonly isDropped: true;
  readonly partition: PartitionId;
  count: number;
  /** Where to resume once they are done with. */
  next: Position;
  /** Their largest event time; -Infinity where none has one. */
  newest: Millis;
}

/** The bounded queue of one source: runs in order, counted in records that are still to be processed. */
export class RunQueue {
  /** Records waiting, dropped ones not counted. */
  depth = 0;
  /** Dropped records whose turn has not come. */
  dropped = 0;
  #runs: (QueuedRun | DroppedRun)[] = [];
  #head = 0;

  get isEmpty(): boolean {
    return this.#head === this.#runs.length;
  }

  peek(): QueuedRun | DroppedRun | undefined {
    return this.#runs[this.#head];
  }

  push(origin: Origin, from: number, to: number): void {
    if (from === to) return;
    this.#runs.push({ isDropped: false, origin, from, to });
    this.depth += to - from;
  }

  /** Dropped records of a partition with nothing to be processed between them are one run, however many they are. */
  pushDropped(run: DroppedRun): void {
    this.dropped += run.count;
    const last = this.#lastDropped(run.partition);
    if (last === undefined) {
      this.#runs.push(run);
      return;
    }
    last.count += run.count;
    last.next = run.next;
    if (run.newest > last.newest) last.newest = run.newest;
  }

  /** `count` records of the first run are done with. */
  advance(count: number): void {
    const run = this.#runs[this.#head]!;
    if (run.isDropped) {
      run.count -= count;
      this.dropped -= count;
      if (run.count > 0) return;
    } else {
      run.from += count;
      this.depth -= count;
      if (run.from < run.to) return;
    }
    this.#runs[this.#head] = undefined as never;
    this.#head++;
    if (this.#head > 1000 && this.#head * 2 > this.#runs.length) {
      this.#runs = this.#runs.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Whether anything of the partition waits. */
  has(partition: PartitionId): boolean {
    for (let index = this.#head; index < this.#runs.length; index++) {
      if (partitionOf(this.#runs[index]!) === partition) return true;
    }
    return false;
  }

  clear(): void {
    this.#restart([]);
  }

  /** Forgets what waits of these partitions, for they were taken away. */
  discard(partitions: ReadonlySet<PartitionId>): void {
    this.#restart(this.#runs.slice(this.#head).filter((run) => !partitions.has(partitionOf(run))));
  }

  /** The partition's dropped run that nothing to be processed stands behind. */
  #lastDropped(partition: PartitionId): DroppedRun | undefined {
    for (let index = this.#runs.length - 1; index >= this.#head; index--) {
      const run = this.#runs[index]!;
      if (!run.isDropped) return undefined;
      if (run.partition === partition) return run;
    }
    return undefined;
  }

  #restart(runs: (QueuedRun | DroppedRun)[]): void {
    this.#runs = runs;
    this.#head = 0;
    this.depth = 0;
    this.dropped = 0;
    for (const run of runs) {
      if (run.isDropped) this.dropped += run.count;
      else this.depth += run.to - run.from;
    }
  }
}

function partitionOf(run: QueuedRun | DroppedRun): PartitionId {
  return run.isDropped ? run.partition : run.origin.records.partition;
}
