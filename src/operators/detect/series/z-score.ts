import type { Sample } from './baseline.ts';
import type { Statistic } from './history.ts';
import { measured } from './measured.ts';

/**
 * How many sample deviations a value is from the mean. No value is ever taken out of a sum, so that nothing is lost to
 * cancellation however long the stream is: as in a sliding fold, the older half of the window holds the moments from each of its values to
 * its end, the newer half those of all its values. Two groups are one by T. F. Chan, G. H. Golub and R. J. LeVeque, "Updating
 * formulae and a pairwise algorithm for computing sample variances", 1979.
 *
 * All is computed of quarters of the values, which is exact: no distance between two of them is beyond all doubles.
 */
export class ZScore implements Statistic {
  /** For each value of the older half, the latest first: the mean of all from it to the half's end, … */
  #olderMeans: number[] = [];
  /** … and the sum of their squared distances from it. */
  #olderSquares: number[] = [];
  #newer: number[] = [];
  #mean = 0;
  #squares = 0;

  get olderHalf(): number {
    return this.#olderMeans.length;
  }

  add(value: number): void {
    const quarter = value / 4;
    const count = this.#newer.push(quarter);
    const distance = quarter - this.#mean;
    this.#mean += distance / count;
    // The square of a large distance may be Infinity, of which 0 times is no number.
    if (count > 1) this.#squares += distance * distance * ((count - 1) / count);
  }

  remove(): void {
    if (this.#olderMeans.length === 0) this.#turn();
    this.#olderMeans.pop();
    this.#olderSquares.pop();
  }

  judge({ value }: Sample) {
    const newer = this.#newer.length;
    const older = this.#olderMeans.length;
    const count = newer + older;
    let mean = older > 0 ? this.#olderMeans[older - 1]! : this.#mean;
    let squares = older > 0 ? this.#olderSquares[older - 1]! : this.#squares;
    if (older > 0 && newer > 0) {
      const distance = this.#mean - mean;
      squares += this.#squares + distance * distance * ((newer * older) / count);
      mean += distance * (newer / count);
    }
    return measured(value, 4 * mean, count < 2 ? 0 : 4 * Math.sqrt(squares / (count - 1)));
  }

  restore(values: readonly number[], olderHalf: number): void {
    for (const [index, value] of values.entries()) {
      this.add(value);
      if (index + 1 === olderHalf) this.#turn();
    }
  }

  /** Makes of the newer half the older one. */
  #turn(): void {
    let mean = 0;
    let squares = 0;
    for (let count = 1; count <= this.#newer.length; count++) {
      const distance = this.#newer[this.#newer.length - count]! - mean;
      mean += distance / count;
      if (count > 1) squares += distance * distance * ((count - 1) / count);
      this.#olderMeans.push(mean);
      this.#olderSquares.push(squares);
    }
    this.#newer = [];
    this.#mean = 0;
    this.#squares = 0;
  }
}
