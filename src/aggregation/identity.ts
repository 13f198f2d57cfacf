import type { Value } from '../event.ts';

/** What tells values apart in a Map: equal for equal values, different for different ones, 1 and '1' too. */
export type Identity = null | boolean | number | bigint | string;

/** Marks the text of a value that is no text. */
const MARK = '\u0000';

/** The identity of a value; the integers 1 and 1n are one value, so are two points in time at the same millisecond. */
export function identityOfValue(value: Value): Identity {
  switch (typeof value) {
    case 'string':
      return value.charCodeAt(0) === 0 ? MARK + value : value;
    case 'bigint':
      return value === BigInt.asIntN(53, value) ? Number(value) : value;
    case 'object':
      return value === null ? null : MARK + textOfValue(value);
    default:
      return value;
  }
}

/** A text for a value, as JSON has it, with fields in order and times as `@` and epoch ms; different for different values. */
export function textOfValue(value: Value): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Date) return `@${value.getTime()}`;
  if (Array.isArray(value)) return `[${value.map(textOfValue).join(',')}]`;
  const fields = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${textOfValue(field)}`).join(',')}}`;
}
