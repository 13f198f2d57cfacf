import type { Millis } from '../clock.ts';
import { DataError } from '../errors.ts';
import type { JsonObject, Value } from '../event.ts';
import { parseTimestamp } from './timestamps.ts';

export type TypeName = 'NULL' | 'boolean' | 'number' | 'text' | 'timestamp' | 'array' | 'object';

export function typeOf(value: Value): TypeName {
  if (value === null) return 'NULL';
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return 'number';
    case 'string':
      return 'text';
    case 'boolean':
      return 'boolean';
    default:
      if (value instanceof Date) return 'timestamp';
      return Array.isArray(value) ? 'array' : 'object';
  }
}

export function isObject(value: Value | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** The value as a double, if it is a number. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'bigint' ? Number(value) : undefined;
}

/** The value as a point in time: a timestamp, epoch ms, or ISO 8601. */
export function millisOf(value: Value): Millis | undefined {
  if (value instanceof Date) return value.getTime();
  return typeof value === 'string' ? parseTimestamp(value) : numberOf(value);
}

/** A scalar as text; undefined for arrays and objects. */
export function toText(value: Exclude<Value, null>): string | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  return typeof value === 'object' ? undefined : String(value);
}

/** A DataError `type` that shows the value, cut short. */
export function typeError(message: string, value: Value): DataError {
  return new DataError('type', `${message}, not ${show(value)}`);
}

/** The type and the value, for messages: `the number 5`, `an array`. */
export function show(value: Value): string {
  const type = typeOf(value);
  if (type === 'NULL') return 'NULL';
  if (type === 'array' || type === 'object') return `an ${type}`;
  const text = type === 'text' ? `'${value}'` : (toText(value!) ?? 'an invalid time');
  return `the ${type} ${text.length > 40 ? `${text.slice(0, 40)}…` : text}`;
}

/** NaN has no meaning in SQL, and neither has what is beyond all doubles: it is NULL. */
export function orNull(result: number): number | null {
  return Number.isFinite(result) ? result : null;
}
