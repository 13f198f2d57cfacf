import { encodeValue } from '../codecs/json.ts';
import { DataError } from '../errors.ts';
import type { Value } from '../event.ts';
import { integer } from './arithmetic.ts';
import type { Scalar } from './scalar.ts';
import { parseTimestamp } from './timestamps.ts';
import type { CastType } from './tree.ts';
import { show, toText } from './values.ts';

type Present = Exclude<Value, null>;

/** NULL stays NULL. What can't be converted is a DataError `cast`, or NULL with TRY_CAST. */
export function compileCast(operand: Scalar, type: CastType, attempt: boolean): Scalar {
  const convert = conversions[type];
  return (event) => {
    const value = operand(event);
    if (value === null) return null;
    const converted = convert(value);
    if (converted !== undefined) return converted;
    if (attempt) return null;
    throw new DataError('cast', `can't cast ${show(value)} to ${type}`);
  };
}

/** What CAST makes of a value that is not NULL; undefined if it can't be converted. */
export const conversions: Readonly<Record<CastType, (value: Present) => Value | undefined>> = {
  INTEGER: toInteger,
  DOUBLE: toDouble,
  TEXT: (value) => toText(value) ?? encodeValue(value),
  BOOLEAN: toBoolean,
  TIMESTAMP: toTimestamp,
};

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;
const DIGITS = /^\s*(?:\+(?=\d))?(-?\d{1,1000})(?:\.\d*)?\s*$/;

/** The range of a database's 64-bit integer. */
const LEAST_INTEGER = -(2n ** 63n);
const LARGEST_INTEGER = 2n ** 63n - 1n;

/** Fractions are cut off, as SQLite and Flink do. */
function toInteger(value: Present): Value | undefined {
  const digits = typeof value === 'string' ? DIGITS.exec(value)?.[1] : undefined;
  if (digits !== undefined) return bounded(BigInt(digits));
  if (typeof value === 'bigint') return bounded(value);
  if (value instanceof Date) return value.getTime();
  const number = toDouble(value);
  if (number === undefined || !Number.isFinite(number)) return undefined;
  return bounded(BigInt(Math.trunc(number)));
}

function bounded(value: bigint): number | bigint | undefined {
  return value >= LEAST_INTEGER && value <= LARGEST_INTEGER ? integer(value) : undefined;
}

function toDouble(value: Present): number | undefined {
  switch (typeof value) {
    case 'number':
      return value;
    case 'bigint':
    case 'boolean':
      return Number(value);
    case 'string':
      return NUMBER.test(value) && Number.isFinite(Number(value)) ? Number(value) : undefined;
    default:
      return value instanceof Date ? value.getTime() : undefined;
  }
}

function toBoolean(value: Present): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value) !== 0;
  if (typeof value !== 'string') return undefined;
  const word = value.trim().toLowerCase();
  if (word === 'true' || word === 't' || word === '1') return true;
  return word === 'false' || word === 'f' || word === '0' ? false : undefined;
}

/** From ISO 8601, or from epoch ms. */
function toTimestamp(value: Present): Date | undefined {
  const at =
    typeof value === 'string' ? parseTimestamp(value.trim()) : typeof value === 'number' ? value : undefined;
  const date = value instanceof Date ? value : new Date(at ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
