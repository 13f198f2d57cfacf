import type { Sample } from './baseline.ts';
import type { Statistic } from './history.ts';
import { measured } from './measured.ts';
import { Sorted } from './sorted.ts';

abstract class Ranked implements Statistic {
  protected readonly sorted = new Sorted();

  add(value: number): void {
    this.sorted.add(value);
  }

  remove(value: number): void {
    this.sorted.remove(value);
  }

  restore(values: readonly number[]): void {
    this.sorted.replace(values);
  }

  abstract judge(sample: Sample): ReturnType<Statistic['judge']>;
}

/** What the median distance of a normal distribution is to its deviation. */
const NORMAL = 1.4826;

/** How many median absolute deviations, as large as normal ones, a value is from the median. */
export class MedianDeviation extends Ranked {
  judge({ value }: Sample) {
    const median = this.sorted.quantile(0.5);
    return measured(value, median, NORMAL * this.sorted.medianDistance(median));
  }
}

/** How many interquartile ranges a value is outside the middle half (J. W. Tukey, "Exploratory data analysis", 1977). */
export class QuartileRange extends Ranked {
  judge({ value }: Sample) {
    const [low, median, high] = [0.25, 0.5, 0.75].map((part) => this.sorted.quantile(part)) as [
      number,
      number,
      number,
    ];
    const nearest = Math.min(Math.max(value, low), high);
    return { ...measured(value, nearest, high - low), expected: median };
  }
}
