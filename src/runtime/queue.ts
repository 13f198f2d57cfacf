import type { Origin } from '../event.ts';

/** Records `[from, to)` of one run, admitted and not yet processed. */
export interface QueuedRun {
  readonly origin: Origin;
  from: number;
  readonly to: number;
  /** Dropped by backpressure: only its positions and times still count, when its turn comes. */
  readonly dropped: boolean;
}

/** The bounded queue of one source: runs in order, counted in records that are still to be processed. */
export class RunQueue {
  /** Records waiting, dropped ones not counted. */
  depth = 0;
  #runs: QueuedRun[] = [];
  #head = 0;

  get isEmpty(): boolean {
    return this.#head === this.#runs.length;
  }

  peek(): QueuedRun | undefined {
    return this.#runs[this.#head];
  }

  push(origin: Origin, from: number, to: number, dropped: boolean): void {
    if (from === to) return;
    this.#runs.push({ origin, from, to, dropped });
    if (dropped) return;
    this.depth += to - from;
  }

  /** `count` records of the first run are done with. */
  advance(count: number): void {
    const run = this.#runs[this.#head]!;
    run.from += count;
    if (!run.dropped) this.depth -= count;
    if (run.from < run.to) return;
    this.#runs[this.#head] = undefined as never;
    this.#head++;
    if (this.#head > 1000 && this.#head * 2 > this.#runs.length) {
      this.#runs = this.#runs.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Whether anything of the partition waits. */
  has(partition: string): boolean {
    for (let index = this.#head; index < this.#runs.length; index++) {
      if (this.#runs[index]!.origin.records.partition === partition) return true;
    }
    return false;
  }

  clear(): void {
    this.#runs = [];
    this.#head = 0;
    this.depth = 0;
  }

  /** Forgets what waits of these partitions, for they were taken away. */
  discard(partitions: ReadonlySet<string>): void {
    this.#runs = this.#runs.slice(this.#head).filter((run) => !partitions.has(run.origin.records.partition));
    this.#head = 0;
    this.depth = this.#runs.reduce((sum, run) => sum + (run.dropped ? 0 : run.to - run.from), 0);
  }
}
