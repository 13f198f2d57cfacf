import { DataError } from '../errors.ts';

/** No single text may become longer than this by an expression: an event that asks for it is a dead letter. */
const MAX_LENGTH = 16 * 1024 * 1024;

/** Throws DataError for a text that must not be made; `name` is what would make it. */
export function checkLength(name: string, length: number): void {
  if (length <= MAX_LENGTH) return;
  throw new DataError(
    'type',
    `${name} would make a text of ${length} characters; at most ${MAX_LENGTH} are allowed`,
  );
}

export function joinTexts(name: string, parts: readonly string[], separator: string): string {
  const between = Math.max(0, parts.length - 1) * separator.length;
  checkLength(
    name,
    parts.reduce((length, part) => length + part.length, between),
  );
  return parts.join(separator);
}
