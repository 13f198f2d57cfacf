import type { Millis } from '../clock.ts';
import { DataError } from '../errors.ts';
import type { JsonObject, Records, Value } from '../event.ts';
import { parseTimestamp } from '../expression/timestamps.ts';
import type { SourceSpec } from '../spec/job.ts';

/** Reads the event time of record `index` with its decoded value; null where the source has none. Throws DataError. */
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
    if (typeof found === 'number' && Number.isFinite(found)) return found * factor;
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
    if (/^-?\d+(\.\d+)?$/.test(value)) return Number(value) * factor;
  }
  const shown = JSON.stringify(typeof value === 'bigint' ? String(value) : value);
  throw new DataError(
    'time',
    `the time field "${field}" is neither a number nor ISO 8601: ${shown.slice(0, 80)}`,
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
