import type { Millis } from '../clock.ts';
import { encodeValue } from '../codecs/json.ts';
import { DataError } from '../errors.ts';
import type { JsonObject, Records, Value } from '../event.ts';
import { parseTimestamp } from '../expression/timestamps.ts';
import type { SourceSpec } from '../spec/job.ts';

/** The furthest that a Date reaches, to both sides of the epoch. */
const MOST: Millis = 8_640_000_000_000_000;

/** What a double may lack of a time in seconds, so that it does not fall into the millisecond before. */
const LOST: Millis = 0.0005;

/**
 * Reads the event time of record `index` with its decoded value, in whole milliseconds; null where the source has none.
 * Throws DataError.
 */
export type TimeReader = (value: JsonObject | null, records: Records, index: number) => Millis | null;

export function timeReader(source: Pick<SourceSpec, 'time' | 'time_unit'>): TimeReader {
  const { time: field } = source;
  if (field === null) return (_value, records, index) => records.timestamp(index);
  const factor = source.time_unit === 's' ? 1000 : 1;
  const path = field.split('.');
  const read: (value: JsonObject) => Value | undefined =
    path.length === 1
      ? (value) => (Object.hasOwn(value, field) ? value[field] : undefined)
      : (value) => valueAt(value, path);
  return (value, records, index) => {
    // A tombstone has no fields: it is as old as its record.
    if (value === null) return records.timestamp(index);
    const found = read(value);
    if (typeof found === 'number') return wholeMillis(found * factor, field);
    return parseTime(found, field, factor);
  };
}

function parseTime(value: Value | undefined, field: string, factor: number): Millis {
  if (value === undefined || value === null)
    throw new DataError('time', `the time field "${field}" is missing`);
  if (typeof value === 'string') {
    const at = parseTimestamp(value);
    if (at !== undefined) return at;
    // CSV has no numbers, only their text.
    if (/^-?\d+(\.\d+)?$/.test(value)) return wholeMillis(Number(value) * factor, field);
  }
  if (typeof value === 'bigint') return wholeMillis(Number(value) * factor, field);
  if (value instanceof Date) return wholeMillis(value.getTime(), field);
  const shown = encodeValue(value);
  throw new DataError(
    'time',
    `the time field "${field}" is neither a number nor ISO 8601: ${shown.slice(0, 80)}`,
  );
}

/** A time that no calendar knows would take the watermark with it, and make all that follows late. */
function wholeMillis(time: Millis, field: string): Millis {
  if (Math.abs(time) <= MOST) return Math.floor(time + LOST);
  throw new DataError(
    'time',
    `the time field "${field}" is ${time} ms, further from the epoch than any date: is it in micro- or nanoseconds?`,
  );
}

function valueAt(value: JsonObject, path: readonly string[]): Value | undefined {
  let found: Value | undefined = value;
  for (const field of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, field)) return undefined;
    found = (found as JsonObject)[field];
  }
  return found;
}
