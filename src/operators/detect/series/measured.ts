import type { Verdict } from './baseline.ts';

/** The distance from what was expected, in deviations; without a deviation it has no measure, unless it is 0. */
export function measured(value: number, expected: number, deviation: number): Verdict {
  const distance = value - expected;
  const score = deviation > 0 ? distance / deviation : distance === 0 ? 0 : null;
  return { expected, deviation, score };
}
