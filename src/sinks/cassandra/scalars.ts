import { isIP } from 'node:net';
import { types } from 'cassandra-driver';
import type { Value } from '../../event.ts';
import { dateOfDays, decimal, int64, int64OfNumber, varint } from './bytes.ts';
import { mismatch } from './mismatch.ts';
import { parseDay, parseInstant, parseTimeOfDay } from './time.ts';

/** Turns a value into what the driver binds; throws DataError `type`. It is never given null. */
export type Convert = (value: Value) => unknown;

/**
 * How each scalar type is fed. JSON's own types are taken strictly: a number for a number, text for text. Where a JSON
 * number can't hold all values (bigint, varint, decimal), text that is exactly a number is taken too.
 */
export const scalars: Readonly<Record<string, Convert>> = {
  text: toText,
  varchar: toText,
  ascii: toAscii,
  boolean: toBoolean,
  tinyint: integerOf('tinyint', 8),
  smallint: integerOf('smallint', 16),
  int: integerOf('int', 32),
  bigint: toBigint,
  varint: (value) => varint(toInteger('varint', value)),
  decimal: toDecimal,
  float: toFloat,
  double: toDouble,
  uuid: (value) => toUuid('uuid', uuidPattern, value),
  timeuuid: (value) => toUuid('timeuuid', timeUuidPattern, value),
  timestamp: toTimestamp,
  date: toDate,
  time: toTime,
  duration: toDuration,
  inet: toInet,
  blob: toBlob,
};

const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const timeUuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Longer numbers take quadratic time to read. */
const MOST_DIGITS = 2000;
const integerPattern = new RegExp(`^[+-]?\\d{1,${MOST_DIGITS}}$`);
const decimalPattern = new RegExp(
  `^([+-]?)(\\d{1,${MOST_DIGITS}})(?:\\.(\\d{1,${MOST_DIGITS}}))?(?:e([+-]?\\d{1,9}))?$`,
  'i',
);
const durationPattern = /^-?(?:P[\dYMDTHSW:-]{2,30}|(?:\d{1,18}(?:y|mo|w|d|h|m|s|ms|us|µs|ns)){1,9})$/i;
const base64Pattern = /^(?:[a-z0-9+/]{4})*(?:[a-z0-9+/]{2}(?:==)?|[a-z0-9+/]{3}=?)?$/i;
/** How far a Date reaches to either side of the epoch. */
const LAST_INSTANT = 8_640_000_000_000_000;

function toText(value: Value): string {
  if (typeof value !== 'string') throw mismatch('text', value);
  if (!value.isWellFormed()) throw mismatch('text of whole characters', value);
  return value;
}

function toAscii(value: Value): string {
  if (typeof value !== 'string' || Buffer.byteLength(value) !== value.length) throw mismatch('ascii', value);
  return value;
}

function toBoolean(value: Value): boolean {
  if (typeof value !== 'boolean') throw mismatch('boolean', value);
  return value;
}

function integerOf(type: string, bits: number): Convert {
  const limit = 2 ** (bits - 1);
  return (value) => {
    const number = typeof value === 'bigint' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number)) throw mismatch(type, value);
    if (number < -limit || number >= limit) throw mismatch(`${type} (${-limit} to ${limit - 1})`, value);
    return number;
  };
}

function toBigint(value: Value): Buffer {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return int64OfNumber(value);
  const integer = toInteger('bigint', value);
  if (BigInt.asIntN(64, integer) !== integer) throw mismatch('bigint (64 bits)', value);
  return int64(integer);
}

function toInteger(type: string, value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === 'string' && integerPattern.test(value)) return BigInt(value.replace('+', ''));
  throw mismatch(typeof value === 'number' && Number.isInteger(value) ? `an exact ${type}` : type, value);
}

function toDecimal(value: Value): Buffer {
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
  const match = typeof text === 'string' ? decimalPattern.exec(text) : null;
  if (match === null) throw mismatch('decimal', value);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const unscaled = BigInt(whole + fraction);
  return decimal(sign === '-' ? -unscaled : unscaled, fraction.length - Number(exponent));
}

function toFloat(value: Value): number {
  const number = toDouble(value, 'float');
  if (!Number.isFinite(Math.fround(number)) && Number.isFinite(number))
    throw mismatch('float (32 bits)', value);
  return number;
}

function toDouble(value: Value, type = 'double'): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'bigint') throw mismatch(type, value);
  const number = Number(value);
  if (!Number.isFinite(number) || BigInt(number) !== value) throw mismatch(`an exact ${type}`, value);
  return number;
}

function toUuid(type: string, pattern: RegExp, value: Value): Buffer {
  if (typeof value !== 'string' || !pattern.test(value)) throw mismatch(type, value);
  return Buffer.from(value.replaceAll('-', ''), 'hex');
}

/** Milliseconds since the epoch, ISO 8601, or a point in time. */
function toTimestamp(value: Value): Buffer {
  const millis =
    typeof value === 'string'
      ? parseInstant(value)
      : value instanceof Date
        ? value.getTime()
        : typeof value === 'bigint'
          ? Number(value)
          : value;
  if (typeof millis !== 'number' || !Number.isInteger(millis) || Math.abs(millis) > LAST_INSTANT) {
    throw mismatch('timestamp (whole milliseconds since 1970, or ISO 8601)', value);
  }
  return int64OfNumber(millis);
}

function toDate(value: Value): Buffer {
  const days =
    typeof value === 'string'
      ? parseDay(value)
      : value instanceof Date
        ? Math.floor(value.getTime() / 86_400_000)
        : undefined;
  if (days === undefined || Number.isNaN(days)) throw mismatch('date (such as 2024-02-29)', value);
  return dateOfDays(days);
}

function toTime(value: Value): Buffer {
  const nanoseconds = typeof value === 'string' ? parseTimeOfDay(value) : undefined;
  if (nanoseconds === undefined) throw mismatch('time (such as 13:30:54.123)', value);
  return int64(nanoseconds);
}

/** The driver skips what it can't read, so the shape is checked here and the size there. */
function toDuration(value: Value): unknown {
  const expected = 'duration (such as 1h30m or P1Y2M)';
  if (typeof value !== 'string' || !durationPattern.test(value)) throw mismatch(expected, value);
  try {
    return types.Duration.fromString(value);
  } catch {
    throw mismatch(expected, value);
  }
}

function toInet(value: Value): Buffer {
  if (typeof value !== 'string' || isIP(value) === 0 || value.includes('%')) throw mismatch('inet', value);
  return types.InetAddress.fromString(value).getBuffer();
}

/** Hexadecimal after `0x`, base64 else. */
function toBlob(value: Value): Buffer {
  if (typeof value !== 'string') throw mismatch('blob (base64, or hexadecimal after 0x)', value);
  if (/^0x(?:[0-9a-f]{2})*$/i.test(value)) return Buffer.from(value.slice(2), 'hex');
  if (!base64Pattern.test(value)) throw mismatch('blob (base64, or hexadecimal after 0x)', value);
  return Buffer.from(value, 'base64');
}
