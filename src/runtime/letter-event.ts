import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import { Event, type Origin } from '../event.ts';
import { StoredRecord } from './stored-record.ts';

/** The record of a letter, as it came from its source. */
export function originOf(letter: DeadLetter, readAt = 0): Origin {
  const { source, partition, position, timestamp, bytes, key, headers } = letter;
  const records = new StoredRecord({
    partition,
    bytes,
    key,
    headers,
    timestamp,
    offset: position,
    next: position,
  });
  return { source, records, readAt };
}

/** The event as the letter's node saw it; undefined where the record never became one. */
export function eventOf({ event }: DeadLetter, origin: Origin): Event | undefined {
  if (event === null) return undefined;
  const { value, time, id, change, firing, final } = event;
  return new Event(value, time, origin, 0, id, change, firing, final);
}
