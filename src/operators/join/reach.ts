import type { Millis } from '../../clock.ts';

/** Which times are near enough to meet. */
export interface Reach {
  /** How far apart two that meet can be, at the most. */
  readonly length: Millis;
  /** What meets `time` is later than this, … */
  before(time: Millis): Millis;
  /** … and not later than this. */
  last(time: Millis): Millis;
  /** The watermark at which nothing can come any more that meets `time`. */
  over(time: Millis): Millis;
}

/** At most `length` apart. */
export function within(length: Millis): Reach {
  return {
    length,
    before: (time) => time - length - 1,
    last: (time) => time + length,
    over: (time) => time + length,
  };
}

/** In the same window of `length`, counted from the epoch. */
export function inSameWindow(length: Millis): Reach {
  const start = (time: Millis) => Math.floor(time / length) * length;
  return {
    length,
    before: (time) => start(time) - 1,
    last: (time) => start(time) + length - 1,
    over: (time) => start(time) + length - 1,
  };
}
