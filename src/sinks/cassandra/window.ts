import type { Millis } from '../../clock.ts';

const LEAST = 256;
const MOST = 1024;
const STEP = 32;

/**
 * How many statements may be in flight. It grows while latency stays near the best seen, shrinks when waiting is most
 * of it, and halves when the server is overloaded: TCP Vegas' rule (Brakmo and Peterson, 1995), once a windowful.
 */
export class InFlightWindow {
  #limit = 512;
  #best: Millis = Number.POSITIVE_INFINITY;
  #sum: Millis = 0;
  #count = 0;

  get limit(): number {
    return this.#limit;
  }

  acknowledged(latency: Millis): void {
    this.#sum += latency;
    if (++this.#count >= this.#limit) this.#adapt();
  }

  overloaded(): void {
    this.#limit = Math.max(LEAST, Math.floor(this.#limit / 2));
    this.#sum = this.#count = 0;
  }

  #adapt(): void {
    const mean = this.#sum / this.#count;
    // The best grows old, so that a slower server becomes the new measure.
    this.#best = Math.min(mean, this.#best * 1.02);
    const waiting = mean === 0 ? 0 : 1 - this.#best / mean;
    if (waiting < 0.25) this.#limit = Math.min(MOST, this.#limit + STEP);
    else if (waiting > 0.5) this.#limit = Math.max(LEAST, this.#limit - STEP);
    this.#sum = this.#count = 0;
  }
}
