import { type Clock, type Millis, systemClock } from '../clock.ts';

interface Waiting {
  readonly at: Millis;
  wake(): void;
}

interface Repeating {
  readonly period: Millis;
  readonly action: () => void;
  due: Millis;
}

/** A clock that stands still until it is turned; whatever falls due on the way happens then, in order. */
export class VirtualClock implements Clock {
  readonly #start: Millis;
  #elapsed: Millis = 0;
  readonly #sleepers = new Set<Waiting>();
  readonly #repeating = new Set<Repeating>();

  constructor(start: Millis) {
    this.#start = start;
  }

  now(): Millis {
    return this.#start + this.#elapsed;
  }

  elapsed(): Millis {
    return this.#elapsed;
  }

  sleep(duration: Millis, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = { at: this.#elapsed + duration, wake };
      const sleepers = this.#sleepers;
      sleepers.add(sleeper);
      signal?.addEventListener('abort', wake);
      if (signal?.aborted) wake();

      function wake(): void {
        sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      }
    });
  }

  every(period: Millis, action: () => void): () => void {
    const repeating = { period, action, due: this.#elapsed + period };
    this.#repeating.add(repeating);
    return () => this.#repeating.delete(repeating);
  }

  yield(): Promise<void> {
    return systemClock.yield();
  }

  /** Turns the clock on. Between two moments at which something is due, whoever was woken gets a turn. */
  async advance(duration: Millis): Promise<void> {
    const end = this.#elapsed + duration;
    for (let next = this.#nextDue(); next <= end; next = this.#nextDue()) {
      this.#elapsed = next;
      for (const sleeper of [...this.#sleepers]) if (sleeper.at <= next) sleeper.wake();
      for (const repeating of [...this.#repeating]) {
        if (repeating.due > next) continue;
        repeating.due = next + repeating.period;
        repeating.action();
      }
      await this.yield();
    }
    this.#elapsed = end;
  }

  #nextDue(): Millis {
    const times = [...this.#sleepers].map(({ at }) => at).concat([...this.#repeating].map(({ due }) => due));
    return Math.max(this.#elapsed, Math.min(...times, Number.POSITIVE_INFINITY));
  }
}
