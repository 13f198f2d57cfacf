import type { Sample } from './baseline.ts';
import type { Statistic } from './history.ts';

/** How fast the value has changed since the one before it, per second. */
export class RateOfChange implements Statistic {
  add(): void {}

  remove(): void {}

  restore(): void {}

  judge({ value, time }: Sample, before: Sample) {
    const deviation = value - before.value;
    return { expected: before.value, deviation, score: deviation / ((time - before.time) / 1000) };
  }
}
