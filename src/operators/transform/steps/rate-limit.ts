import { z } from 'zod';
import type { Clock, Millis } from '../../../clock.ts';
import type { AsyncStage, StageHost } from '../../../component/operator.ts';
import type { Event } from '../../../event.ts';
import { defineStage } from './define.ts';

/** Batches a second: the stream flows rather than comes in gushes. */
const BATCHES = 20;

export const rateLimit = defineStage({
  type: 'rate_limit',
  options: z.number().positive().describe('Passes on at most so many events a second; the others wait'),
  build: async (rate) => new RateLimitStage(rate),
});

class RateLimitStage implements AsyncStage {
  readonly concurrency = 1;
  readonly batch: number;
  readonly #rate: number;
  #clock: Clock | undefined;
  /** When the next event may pass, on the steady clock. */
  #next: Millis = 0;

  constructor(rate: number) {
    this.#rate = rate;
    this.batch = Math.max(1, Math.floor(rate / BATCHES));
  }

  async open({ clock }: StageHost): Promise<void> {
    this.#clock = clock;
    this.#next = clock.elapsed();
  }

  async run(batch: readonly Event[], signal: AbortSignal): Promise<readonly Event[]> {
    const clock = this.#clock!;
    const now = clock.elapsed();
    if (this.#next > now) await clock.sleep(this.#next - now, signal);
    this.#next = Math.max(now, this.#next) + (batch.length * 1000) / this.#rate;
    return batch;
  }
}
