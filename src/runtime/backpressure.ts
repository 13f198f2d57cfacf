import type { Origin } from '../event.ts';
import type { BackpressureSpec } from '../spec/job.ts';
import type { DroppedRun, RunQueue } from './queue.ts';

export interface BackpressureHost {
  /** The source, for a person. */
  readonly name: string;
  /** What counts of records `[from, to)`, at least one, that are not to be processed. */
  drop(origin: Origin, from: number, to: number): DroppedRun;
  /** The turn of dropped records has come. */
  passOver(run: DroppedRun): void;
  notice(line: string): void;
}

/** Lets records into the queue of one source, and does what the strategy says when it is full. */
export class Backpressure {
  readonly #spec: BackpressureSpec;
  readonly #queue: RunQueue;
  readonly #host: BackpressureHost;
  #isDropping = false;

  constructor(spec: BackpressureSpec, queue: RunQueue, host: BackpressureHost) {
    this.#spec = spec;
    this.#queue = queue;
    this.#host = host;
  }

  /** How many records more may come in this turn, in which so many were admitted. */
  roomAfter(admitted: number): number {
    const { threshold, strategy } = this.#spec;
    if (admitted >= threshold) return 0;
    return strategy === 'block' ? threshold - this.#queue.depth : threshold;
  }

  push(origin: Origin): void {
    const { strategy } = this.#spec;
    if (strategy === 'block') this.#queue.push(origin, 0, origin.records.length);
    else this.#pushOrDrop(origin, strategy);
  }

  /** Tells once that nothing is dropped any more. */
  check(): void {
    if (!this.#isDropping || this.#queue.depth * 2 >= this.#spec.threshold) return;
    this.#isDropping = false;
    this.#notice('drops no more');
  }

  #pushOrDrop(origin: Origin, strategy: 'drop_oldest' | 'drop_newest'): void {
    const { length } = origin.records;
    const excess = Math.max(0, this.#queue.depth + length - this.#spec.threshold);
    if (excess > 0 && !this.#isDropping) {
      this.#isDropping = true;
      this.#notice(`drops its ${strategy.slice(5)} events`);
    }
    const kept = strategy === 'drop_newest' ? length - excess : length;
    this.#queue.push(origin, 0, kept);
    // They wait for what is before them, but not as records: those would take memory for as long as the sink stalls.
    if (kept < length) this.#queue.pushDropped(this.#host.drop(origin, kept, length));
    if (strategy === 'drop_oldest') this.#dropOldest(excess);
  }

  #dropOldest(excess: number): void {
    let left = excess;
    while (left > 0) {
      const run = this.#queue.peek();
      // The oldest are passed over at once: none of the queue is dropped.
      if (run === undefined || run.isDropped) return;
      const count = Math.min(left, run.to - run.from);
      this.#host.passOver(this.#host.drop(run.origin, run.from, run.from + count));
      this.#queue.advance(count);
      left -= count;
    }
  }

  #notice(what: string): void {
    this.#host.notice(`backpressure: queueSize=${this.#queue.depth}, ${this.#host.name} ${what}`);
  }
}
