import { DataError } from '../../errors.ts';
import type { Value } from '../../event.ts';

/** `expected double, got string "abc"`; the row adds the column. */
export function mismatch(expected: string, value: Value | undefined): DataError {
  return new DataError('type', `expected ${expected}, got ${describe(value)}`);
}

function describe(value: Value | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Date) return `time ${Number.isNaN(value.getTime()) ? 'invalid' : value.toISOString()}`;
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return `string ${JSON.stringify(shortened(value))}`;
  return `${typeof value} ${shortened(String(value))}`;
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
