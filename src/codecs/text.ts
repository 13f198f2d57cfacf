import { DataError } from '../errors.ts';
import type { JsonObject } from '../event.ts';

/** A line of text as an event with one field, `message`. */
export function decodeText(text: string): JsonObject {
  return { message: text };
}

/** The field `message`, as it is. Throws DataError `type` if it is no string. */
export function encodeText(value: JsonObject | null): string {
  const message = value?.message;
  if (typeof message === 'string') return message;
  throw new DataError('type', 'the format text writes the field "message", which must be a string');
}
