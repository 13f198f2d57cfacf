import type { Millis } from './clock.ts';

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof units;

/** What a duration looks like; the unit may be left out. */
export const durationPattern = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?\s*$/;

/**
 * `500ms`, `5s`, `1m`, `1h`, `1d`, or a bare number of milliseconds. Rounded to the millisecond.
 * Throws RangeError if it is none of these or more than 2^53.
 */
export function parseDuration(text: string): Millis {
  const match = durationPattern.exec(text);
  const millis = Math.round(Number(match?.[1]) * units[(match?.[2] as Unit | undefined) ?? 'ms']);
  if (!Number.isSafeInteger(millis))
    throw new RangeError(`"${text}" is no duration such as 500ms, 5s, 1m, 1h or 1d`);
  return millis;
}

/** The shortest exact spelling: 90000 is `90s`, 3600000 is `1h`. */
export function formatDuration(millis: Millis): string {
  const unit = (['d', 'h', 'm', 's'] as const).find((one) => millis > 0 && millis % units[one] === 0) ?? 'ms';
  return `${millis / units[unit]}${unit}`;
}
