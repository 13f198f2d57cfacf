import type { Value } from '../../event.ts';

/** A value as the driver gives it, as an event holds it: collections as JSON has them, all else that is no JSON as text. */
export function rowValue(value: unknown): Value {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'number':
    case 'bigint':
      return value;
  }
  if (value instanceof Date) return value;
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, inner]) => [String(key), rowValue(inner)]));
  }
  if (value instanceof Set) return [...value].map(rowValue);
  return Array.isArray(value) ? value.map(rowValue) : String(value);
}
