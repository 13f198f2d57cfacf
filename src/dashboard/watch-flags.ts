import type { Millis } from '../clock.ts';
import { parseDuration } from '../duration.ts';
import { messageOf, SpecError } from '../errors.ts';

const SHORTEST: Millis = 100;
const LONGEST: Millis = 86_400_000;

/** `--interval`. Throws SpecError. */
export function watchInterval(text: string): Millis {
  let interval: Millis;
  try {
    interval = parseDuration(text);
  } catch (error) {
    throw new SpecError(messageOf(error), { place: '--interval' });
  }
  if (interval >= SHORTEST && interval <= LONGEST) return interval;
  throw new SpecError('must be from 100ms to 1d', { place: '--interval' });
}

/** `--limit`; undefined is without end. Throws SpecError. */
export function watchLimit(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit > 0 && Number.isSafeInteger(limit)) return limit;
  throw new SpecError('must be a whole number from 1 on', { place: '--limit' });
}
