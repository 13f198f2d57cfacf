import type { Clock, Millis } from '../src/clock.ts';

/** A clock that a test turns: sleepers wake, in order, as soon as everybody sleeps. */
export class TestClock implements Clock {
  #now: Millis = 1_000_000;
  /** Every sleep that was asked for. */
  readonly slept: Millis[] = [];

  now(): Millis {
    return this.#now;
  }

  elapsed(): Millis {
    return this.#now;
  }

  advance(duration: Millis): void {
    this.#now += duration;
  }

  async sleep(duration: Millis): Promise<void> {
    this.slept.push(duration);
    this.#now += duration;
  }

  every(): () => void {
    return () => {};
  }

  async yield(): Promise<void> {}
}
