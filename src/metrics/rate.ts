import type { Millis } from '../clock.ts';

/** A rate over a short moving window, from readings of a total that only grows. */
export class Rate {
  readonly #window: Millis;
  readonly #readings: { at: Millis; total: number }[] = [];

  constructor(window: Millis) {
    this.#window = window;
  }

  /** Takes a reading and gives the rate per second over the window; 0 until there are two readings. */
  read(at: Millis, total: number): number {
    this.#readings.push({ at, total });
    while (this.#readings.length > 2 && this.#readings[1]!.at <= at - this.#window) this.#readings.shift();
    const first = this.#readings[0]!;
    return at > first.at ? ((total - first.total) * 1000) / (at - first.at) : 0;
  }
}
