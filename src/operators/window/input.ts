import type { Millis } from '../../clock.ts';
import { DataError } from '../../errors.ts';
import type { Event } from '../../event.ts';

/**
 * Whether the event can be aggregated. A tombstone has nothing to aggregate; what was added can't be taken back, so of a
 * result that changes only the final form is taken, and no removal.
 */
export function isInput(event: Event): boolean {
  return event.value !== null && event.final && event.change === 'upsert';
}

/** In whole milliseconds, as windows are. Throws DataError if the event has no time. */
export function timeOf({ time }: Event): Millis {
  if (time === null) throw new DataError('time', 'the event has no time, and windows go by it');
  return Math.floor(time);
}
