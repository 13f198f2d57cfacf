import type { Clock, Millis } from '../clock.ts';

/** Lets the engine's loop sleep until there is something to do. A ring before the wait is not lost. */
export class Bell {
  readonly #clock: Clock;
  #rung = false;
  #wake: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ring(): void {
    this.#rung = true;
    this.#wake?.abort();
  }

  /** Resolves at the next ring, or after `atMost`; never before pending I/O has had its turn. */
  async wait(atMost: Millis): Promise<void> {
    if (this.#rung || atMost <= 0) {
      await this.#clock.yield();
    } else {
      this.#wake = new AbortController();
      await this.#clock.sleep(Math.min(atMost, 60_000), this.#wake.signal);
      this.#wake = undefined;
    }
    this.#rung = false;
  }
}
