import type { Verdict } from './baseline.ts';

/**
 * The distance from what was expected, in deviations; without a deviation it has no measure, unless it is 0. Beside a
 * deviation beyond all doubles it is nothing.
 */
export function measured(value: number, expected: number, deviation: number): Verdict {
  // By halves: the distance may be beyond all doubles.
  const score = deviation > 0 ? 2 * ((value / 2 - expected / 2) / deviation) : value === expected ? 0 : null;
  return { expected, deviation, score };
}
