import { SlidingFold } from '../sliding-fold.ts';
import type { Sample } from './baseline.ts';
import type { Statistic } from './history.ts';
import { measured } from './measured.ts';

interface Moments {
  count: number;
  mean: number;
  /** The sum of squared distances from the mean. */
  squares: number;
}

/** Two groups at a time: T. F. Chan, G. H. Golub and R. J. LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979. */
const merging = {
  copy: (moments: Moments) => ({ ...moments }),
  into(moments: Moments, from: Moments): void {
    const count = moments.count + from.count;
    const distance = from.mean - moments.mean;
    moments.squares += from.squares + distance * distance * ((moments.count * from.count) / count);
    moments.mean += (distance * from.count) / count;
    moments.count = count;
  },
};

/** How many sample deviations a value is from the mean. */
export class ZScore implements Statistic {
  readonly #fold = new SlidingFold<Moments>(merging);

  get olderHalf(): number {
    return this.#fold.olderHalf;
  }

  add(value: number): void {
    this.#fold.push({ count: 1, mean: value, squares: 0 });
  }

  remove(): void {
    this.#fold.shift();
  }

  judge({ value }: Sample) {
    const { count, mean, squares } = this.#fold.all()!;
    return measured(value, mean, count < 2 ? 0 : Math.sqrt(squares / (count - 1)));
  }

  restore(values: readonly number[], olderHalf: number): void {
    const parts = values.map((mean) => ({ count: 1, mean, squares: 0 }));
    this.#fold.restore(parts, olderHalf);
  }
}
