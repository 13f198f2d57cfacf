import type { Millis } from '../../clock.ts';
import { DataError } from '../../errors.ts';

/** Calendar arithmetic in UTC. */

const fixedUnits = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
} as const;
const units = [
  'year',
  'quarter',
  'month',
  'week',
  ...(Object.keys(fixedUnits) as (keyof typeof fixedUnits)[]),
] as const;
export type Unit = (typeof units)[number];

const DAY = fixedUnits.day;

/** A unit by its name, singular or plural, in any case. Throws DataError. */
export function unitOf(name: string): Unit {
  const singular = name.toLowerCase().replace(/s$/, '');
  const unit = units.find((each) => each === singular);
  if (unit === undefined)
    throw new DataError('type', `unknown unit '${name}'; it can be ${units.join(', ')}`);
  return unit;
}

/** The start of the unit that the time lies in. */
export function truncateTo(unit: Unit, time: Millis): Millis {
  const date = new Date(time);
  switch (unit) {
    case 'year':
      return startOfMonth(date.getUTCFullYear(), 0);
    case 'quarter':
      return startOfMonth(date.getUTCFullYear(), Math.floor(date.getUTCMonth() / 3) * 3);
    case 'month':
      return startOfMonth(date.getUTCFullYear(), date.getUTCMonth());
    case 'week':
      return truncateTo('day', time) - isoWeekday(date) * DAY + DAY;
    default:
      return Math.floor(time / fixedUnits[unit]) * fixedUnits[unit];
  }
}

export function addTo(unit: Unit, count: number, time: Millis): Millis {
  switch (unit) {
    case 'year':
      return addMonths(count * 12, time);
    case 'quarter':
      return addMonths(count * 3, time);
    case 'month':
      return addMonths(count, time);
    case 'week':
      return time + count * 7 * DAY;
    default:
      return time + count * fixedUnits[unit];
  }
}

/** How many starts of the unit lie in `(from, to]`; negative if `to` is earlier. */
export function differenceIn(unit: Unit, from: Millis, to: Millis): number {
  const months = { year: 12, quarter: 3, month: 1 };
  if (unit in months) {
    const size = months[unit as keyof typeof months];
    return (monthOf(truncateTo(unit, to)) - monthOf(truncateTo(unit, from))) / size;
  }
  const size = unit === 'week' ? 7 * DAY : fixedUnits[unit as keyof typeof fixedUnits];
  return (truncateTo(unit, to) - truncateTo(unit, from)) / size;
}

/** One of the readings that `date_part` has. Throws DataError for an unknown one. */
export function readingOf(name: string): (time: Millis) => number {
  const read = Object.hasOwn(parts, name.toLowerCase()) ? parts[name.toLowerCase()] : undefined;
  if (read === undefined) {
    throw new DataError('type', `unknown part '${name}'; it can be ${Object.keys(parts).join(', ')}`);
  }
  return (time) => read(new Date(time));
}

const parts: Readonly<Record<string, (date: Date) => number>> = {
  year: (date) => date.getUTCFullYear(),
  quarter: (date) => Math.floor(date.getUTCMonth() / 3) + 1,
  month: (date) => date.getUTCMonth() + 1,
  week: isoWeek,
  day: (date) => date.getUTCDate(),
  hour: (date) => date.getUTCHours(),
  minute: (date) => date.getUTCMinutes(),
  second: (date) => date.getUTCSeconds(),
  millisecond: (date) => date.getUTCMilliseconds(),
  dow: (date) => date.getUTCDay(),
  doy: dayOfYear,
};

const conversions: Readonly<Record<string, (date: Date) => string>> = {
  Y: (date) => digits(date.getUTCFullYear(), 4),
  m: (date) => digits(date.getUTCMonth() + 1, 2),
  d: (date) => digits(date.getUTCDate(), 2),
  H: (date) => digits(date.getUTCHours(), 2),
  M: (date) => digits(date.getUTCMinutes(), 2),
  S: (date) => digits(date.getUTCSeconds(), 2),
  L: (date) => digits(date.getUTCMilliseconds(), 3),
  j: (date) => digits(dayOfYear(date), 3),
  u: (date) => String(isoWeekday(date)),
  s: (date) => String(Math.floor(date.getTime() / 1000)),
  '%': () => '%',
};

/** Throws DataError for a conversion that it does not know. */
export function formatOf(format: string): (time: Millis) => string {
  const parts = format.split(/(%.?)/su).map((part, index) => {
    if (index % 2 === 0) return part;
    const letter = part.slice(1);
    const write = Object.hasOwn(conversions, letter) ? conversions[letter] : undefined;
    if (write !== undefined) return write;
    throw new DataError('type', `unknown "${part}" in the format '${format}'`);
  });
  return (time) => {
    const date = new Date(time);
    return parts.map((part) => (typeof part === 'string' ? part : part(date))).join('');
  };
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function startOfMonth(year: number, month: number): Millis {
  // Date.UTC takes the years 0 to 99 for those of the last century.
  return new Date(0).setUTCFullYear(year, month, 1);
}

/** The month's number since year 0. */
function monthOf(time: Millis): number {
  const date = new Date(time);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function addMonths(count: number, time: Millis): Millis {
  const month = monthOf(time) + count;
  const lastDay = new Date(startOfMonth(0, month + 1) - DAY).getUTCDate();
  const date = new Date(time);
  const inDay = time - truncateTo('day', time);
  return startOfMonth(0, month) + (Math.min(date.getUTCDate(), lastDay) - 1) * DAY + inDay;
}

/** Monday is 1, Sunday 7. */
function isoWeekday(date: Date): number {
  return date.getUTCDay() || 7;
}

function dayOfYear(date: Date): number {
  return (truncateTo('day', date.getTime()) - truncateTo('year', date.getTime())) / DAY + 1;
}

/** The ISO 8601 week: the one that the Thursday of these days lies in. */
function isoWeek(date: Date): number {
  const thursday = new Date(truncateTo('week', date.getTime()) + 3 * DAY);
  return Math.ceil(dayOfYear(thursday) / 7);
}
