import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import { TOO_LONG } from '../codecs/chunk.ts';
import { encodeHeader, readHeader } from '../codecs/csv.ts';
import { DataError } from '../errors.ts';
import { Event, type Origin, type Records } from '../event.ts';
import { StoredRecord } from './stored-record.ts';

/** Among a letter's headers the header of its CSV file: the one thing that its bytes can't tell. */
const CSV_HEADER = 'sluice-csv-header';

/** What a letter keeps as its record's headers. */
export function letterHeaders(records: Records, index: number): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(records.headers(index))) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined && name !== CSV_HEADER)
      texts[name] = typeof last === 'string' ? last : Buffer.from(last).toString('utf8');
  }
  if (records.columns !== undefined) texts[CSV_HEADER] = encodeHeader(records.columns);
  return texts;
}

/** The record of a letter, as it came from its source. */
export function originOf(letter: DeadLetter, readAt = 0): Origin {
  const { source, partition, position, timestamp, bytes, key } = letter;
  const { [CSV_HEADER]: csvHeader, ...headers } = letter.headers;
  const { code, message } = letter.error;
  const records = new StoredRecord({
    partition,
    bytes,
    key,
    headers,
    timestamp,
    offset: position,
    next: position,
    columns: csvHeader === undefined ? undefined : readHeader(csvHeader),
    unreadable: code === TOO_LONG ? new DataError(code, message) : undefined,
  });
  return { source, records, readAt };
}

/** The event as the letter's node saw it; undefined where the record never became one. */
export function eventOf({ event }: DeadLetter, origin: Origin): Event | undefined {
  if (event === null) return undefined;
  const { value, time, id, change, firing, final } = event;
  return new Event(value, time, origin, 0, id, change, firing, final);
}
