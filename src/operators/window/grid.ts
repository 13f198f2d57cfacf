import type { Millis } from '../../clock.ts';
import { DataError } from '../../errors.ts';

/** The furthest that a Date reaches, to both sides of the epoch. */
const MOST: Millis = 8_640_000_000_000_000;

/** A pane, `[start, end)`: all its events belong to the same windows. */
export interface Pane {
  readonly start: Millis;
  readonly end: Millis;
  /** The ends of the first and the last of these windows. */
  readonly firstEnd: Millis;
  readonly lastEnd: Millis;
}

/**
 * Windows of one size, one beginning every `every`, at `offset` from the epoch. Their panes are as long as size and
 * `every` allow: J. Li and others, "No pane, no gain: efficient evaluation of sliding-window aggregates over data
 * streams", SIGMOD Record 2005.
 */
export class Grid {
  readonly size: Millis;
  readonly every: Millis;
  readonly paneSize: Millis;
  readonly #offset: Millis;
  #latest: Pane = { start: Number.NaN, end: Number.NaN, firstEnd: Number.NaN, lastEnd: Number.NaN };

  constructor({ size, every, offset }: { size: Millis; every: Millis; offset: Millis }) {
    this.size = size;
    this.every = every;
    this.#offset = offset;
    this.paneSize = greatestCommonDivisor(size, every);
  }

  /** The pane that holds this time. Throws DataError for a time whose windows no Date can tell. */
  paneOf(time: Millis): Pane {
    const latest = this.#latest;
    // Mostly the same as that of the event before.
    return time >= latest.start && time < latest.end ? latest : (this.#latest = this.#locate(time));
  }

  /** The end of the first window that ends after `time`. */
  endAfter(time: Millis): Millis {
    const shift = this.#offset + this.size;
    return (Math.floor((time - shift) / this.every) + 1) * this.every + shift;
  }

  /** The number of a stretch of `length`, counted from the offset, and its beginning. */
  numberOf(time: Millis, length: Millis): number {
    return Math.floor((time - this.#offset) / length);
  }

  startOf(number: number, length: Millis): Millis {
    return number * length + this.#offset;
  }

  #locate(time: Millis): Pane {
    checkReach(time, this.size);
    const start = this.startOf(this.numberOf(time, this.paneSize), this.paneSize);
    const lastStart = this.startOf(this.numberOf(time, this.every), this.every);
    return {
      start,
      end: start + this.paneSize,
      firstEnd: this.endAfter(start),
      lastEnd: lastStart + this.size,
    };
  }
}

/** Throws DataError if what lies `reach` around this time is more than a Date can tell. */
export function checkReach(time: Millis, reach: Millis): void {
  if (time - reach >= -MOST && time + reach <= MOST) return;
  throw new DataError('time', `the time ${time} is too far from the epoch for a window of ${reach} ms`);
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other);
}
