import { DataError, SpecError } from '../../../errors.ts';
import type { Value } from '../../../event.ts';
import { parseTimestamp } from '../../../expression/timestamps.ts';
import { show } from '../../../expression/values.ts';
import { expectText, type Parser } from './parser.ts';

/** A point in time, from a number since 1970 (its text too), from ISO 8601, or from a format. */
export function timestampParser(format: string | undefined, unit: 'ms' | 's', place: string): Parser {
  if (format !== undefined) {
    const read = formatReader(format, place);
    return (value) => dateOf(read(expectText(value)), value);
  }
  const factor = unit === 's' ? 1000 : 1;
  return (value) => {
    if (value instanceof Date) return value;
    if (typeof value === 'number') return dateOf(value * factor, value);
    const text = expectText(value);
    return dateOf(/^-?\d+(\.\d+)?$/.test(text) ? Number(text) * factor : parseTimestamp(text), value);
  };
}

function dateOf(at: number | undefined, from: Value): Date {
  const date = new Date(at ?? Number.NaN);
  if (!Number.isNaN(date.getTime())) return date;
  throw new DataError('parse', `not a time: ${show(from)}`);
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** What a conversion matches, and the part of ISO 8601 that it fills. */
const conversions: Readonly<Record<string, readonly [part: string, pattern: string]>> = {
  Y: ['year', '\\d{4}'],
  m: ['month', '\\d{2}'],
  b: ['monthName', '[A-Za-z]{3}'],
  d: ['day', '\\d{2}'],
  H: ['hour', '\\d{2}'],
  M: ['minute', '\\d{2}'],
  S: ['second', '\\d{2}'],
  L: ['fraction', '\\d{1,9}'],
  z: ['offset', 'Z|[+-]\\d{2}:?\\d{2}'],
};

/** Turns a format into a pattern of fixed pieces, which can't backtrack, and its parts into ISO 8601. */
function formatReader(format: string, place: string): (text: string) => number | undefined {
  const used = new Set<string>();
  const pieces = format.replace(/%(.?)|[^%]+/gsu, (piece, letter: string | undefined) => {
    if (letter === undefined) return piece.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    if (letter === '%') return '%';
    const conversion = Object.hasOwn(conversions, letter) ? conversions[letter] : undefined;
    if (conversion === undefined || used.has(letter)) {
      const what = conversion === undefined ? 'unknown' : 'a second';
      throw new SpecError(`${what} "${piece}" in the format "${format}"`, {
        place,
        hint: `it can have %${Object.keys(conversions).join(' %')}, each once`,
      });
    }
    used.add(letter);
    return `(?<${conversion[0]}>${conversion[1]})`;
  });
  const pattern = new RegExp(`^${pieces}$`, 'u');
  return (text) => {
    const parts = pattern.exec(text)?.groups;
    return parts === undefined ? undefined : parseTimestamp(isoOf(parts));
  };
}

function isoOf(parts: Readonly<Record<string, string | undefined>>): string {
  const { year = '1970', monthName, day = '01', hour = '00', minute = '00', second = '00' } = parts;
  const month = parts.month ?? monthNumber(monthName ?? 'Jan');
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.${parts.fraction ?? '0'}${parts.offset ?? 'Z'}`;
}

/** `01` to `12`; `00`, which is no month, for any other name. */
function monthNumber(name: string): string {
  const index = months.findIndex((month) => month.toLowerCase() === name.toLowerCase());
  return String(index + 1).padStart(2, '0');
}
