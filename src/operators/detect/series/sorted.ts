import { between } from '../../../aggregation/between.ts';

/** Numbers in order, to be asked for the one at any place. */
export class Sorted {
  #values: number[] = [];

  get size(): number {
    return this.#values.length;
  }

  at(index: number): number {
    return this.#values[index]!;
  }

  add(value: number): void {
    const index = this.firstFrom(value);
    if (index === this.#values.length) this.#values.push(value);
    else this.#values.splice(index, 0, value);
  }

  /** Takes out one value that is there. */
  remove(value: number): void {
    this.#values.splice(this.firstFrom(value), 1);
  }

  replace(values: readonly number[]): void {
    this.#values = values.toSorted((one, other) => one - other);
  }

  /** The index of the first value that is at least this. */
  firstFrom(value: number): number {
    let from = 0;
    let to = this.#values.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#values[middle]! < value) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** The value below which this part of all lies, between two values in proportion. */
  quantile(part: number): number {
    const place = part * (this.#values.length - 1);
    const below = Math.floor(place);
    const value = this.at(below);
    return below === place ? value : between(value, this.at(below + 1), place - below);
  }

  /** The median of the distances from `center`. */
  medianDistance(center: number): number {
    const { size } = this;
    const upper = this.#distance((size - 1) >> 1, center);
    return size % 2 === 1 ? upper : (upper + this.#distance(size >> 1, center)) / 2;
  }

  /** The distance from `center` that stands at this place when all are in order: they grow to both sides of it. */
  #distance(place: number, center: number): number {
    const split = this.firstFrom(center);
    // So many of the nearest lie below `center`: the most for which none of them is further than the next one above.
    let low = Math.max(0, place + 1 - (this.size - split));
    let high = Math.min(place + 1, split);
    while (low < high) {
      const below = (low + high + 1) >> 1;
      const next = split + place + 1 - below;
      const isNearer = next >= this.size || center - this.at(split - below) <= this.at(next) - center;
      if (isNearer) low = below;
      else high = below - 1;
    }
    const nearestBelow = low > 0 ? center - this.at(split - low) : Number.NEGATIVE_INFINITY;
    const above = place + 1 - low;
    const nearestAbove = above > 0 ? this.at(split + above - 1) - center : Number.NEGATIVE_INFINITY;
    return Math.max(nearestBelow, nearestAbove);
  }
}
