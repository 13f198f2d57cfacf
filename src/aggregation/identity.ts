import type { Value } from '../event.ts';

/** What tells values apart in a Map: equal for equal values, different for different ones, 1 and '1' too. */
export type Identity = null | boolean | number | bigint | string;

const MAX = Number.MAX_SAFE_INTEGER;

/** Marks the text of a value that is no text. */
const MARK = '\u0000';

/** The identity of a value; the integers 1 and 1n are one value, 1e17 and 10n ** 17n too, so are two points in time at the same millisecond. */
export function identityOfValue(value: Value): Identity {
  switch (typeof value) {
    case 'string':
      return value.charCodeAt(0) === 0 ? MARK + value : value;
    case 'number':
      return value <= MAX && value >= -MAX ? value : exact(value);
    case 'bigint':
      return value <= MAX && value >= -MAX ? Number(value) : value;
    case 'object':
      return value === null ? null : MARK + textOfValue(value);
    default:
      return value;
  }
}

/** A text for a value, as JSON has it, with fields in order and times as `@` and epoch ms; different for different values. */
export function textOfValue(value: Value): string {
  if (typeof value === 'number') return String(value <= MAX && value >= -MAX ? value : exact(value));
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Date) return `@${value.getTime()}`;
  if (Array.isArray(value)) return `[${value.map(textOfValue).join(',')}]`;
  const fields = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${textOfValue(field)}`).join(',')}}`;
}

/** A whole double beyond 2^53 is the integer that it equals. */
function exact(value: number): number | bigint {
  return Number.isInteger(value) ? BigInt(value) : value;
}
