import { DataError, messageOf } from '../errors.ts';
import type { JsonObject, Value } from '../event.ts';

declare global {
  interface JSON {
    /** A value that JSON.stringify writes as this text: https://github.com/tc39/proposal-json-parse-with-source. */
    rawJSON(text: string): unknown;
  }
}

/** The deepest nesting of a decoded value, so that whatever walks it later may do so by recursion. */
export const MAX_DEPTH = 500;

/** More than any number in use has; to read very many digits takes seconds. */
const MAX_DIGITS = 1000;

/** From here on a double no longer tells neighbouring integers apart. */
const UNSAFE = 2 ** 53;

/** A fraction of zeros is none. */
const INTEGER = /^(-?\d+)(?:\.0+)?$/;

type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown;

/**
 * One JSON object. Integers at or beyond 2^53 become bigint, exactly as written. Throws DataError `decode` for anything
 * but an object, for nesting beyond MAX_DEPTH and for numbers that a double can't hold.
 */
export function decodeJson(text: string): JsonObject {
  const value = parse(text);
  if (!isObject(value)) throw new DataError('decode', `expected a JSON object, not ${nameOf(value)}`);
  return holdsUnsafeNumber(value, 1) ? (parse(text, keepIntegers) as JsonObject) : value;
}

/** As `decodeJson`, for any value. */
export function decodeValue(text: string): Value {
  const value = parse(text);
  return isUnsafe(value, 0) ? parse(text, keepIntegers) : value;
}

/** One line of JSON: bigint as digits, Date as ISO 8601, numbers that are not finite as null; a tombstone is `null`. */
export function encodeJson(value: JsonObject | null): string {
  return encodeValue(value);
}

/** As `encodeJson`, for any value. */
export function encodeValue(value: Value): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // JSON.stringify refuses bigint, and a replacer on every call would cost more than this rare second try.
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, (_key, part) =>
      typeof part === 'bigint' ? JSON.rawJSON(String(part)) : part,
    );
  }
}

function parse(text: string, reviver?: Reviver): Value {
  try {
    return JSON.parse(text, reviver);
  } catch (error) {
    if (error instanceof SyntaxError) throw new DataError('decode', `invalid JSON: ${messageOf(error)}`);
    throw error;
  }
}

/** Parsing again with the source text costs several times as much as parsing, so this looks whether it must be. */
function holdsUnsafeNumber(value: JsonObject | readonly Value[], depth: number): boolean {
  if (depth > MAX_DEPTH) throw new DataError('decode', `nested deeper than ${MAX_DEPTH}`);
  if (Array.isArray(value)) return value.some((part) => isUnsafe(part, depth));
  const object = value as JsonObject;
  for (const field in object) {
    if (isUnsafe(object[field] as Value, depth)) return true;
  }
  return false;
}

function isUnsafe(value: Value, depth: number): boolean {
  if (typeof value === 'number') return value >= UNSAFE || value <= -UNSAFE;
  return typeof value === 'object' && value !== null && holdsUnsafeNumber(value as JsonObject, depth + 1);
}

const keepIntegers: Reviver = (_key, value, context) => {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined || Number.isSafeInteger(value)) return value;
  const digits = INTEGER.exec(source)?.[1];
  if (digits !== undefined && digits.length <= MAX_DIGITS) return BigInt(digits);
  if (Number.isFinite(value)) return value;
  throw new DataError('decode', `the number ${source.slice(0, 20)}… is out of range`);
};

function isObject(value: Value): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameOf(value: Value): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
