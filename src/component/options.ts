import { z } from 'zod';
import { durationPattern, parseDuration } from '../duration.ts';

/**
 * Field types that many components share. A field that is a path has `.meta({ path: true })` and comes out absolute; one
 * that must never be printed has `.meta({ secret: true })`. What a schema gives out must be valid input again, and the
 * same: specs are kept, printed and read back.
 */

/** A duration in milliseconds: `5s`, or a bare number of milliseconds. */
export function duration() {
  return durationRead(parseDuration);
}

/** A duration in whole seconds, as a time to live: `1d`, or a bare number of seconds. */
export function seconds() {
  return durationRead((text) => (/[a-z]/.test(text) ? Math.round(parseDuration(text) / 1000) : Number(text)));
}

function durationRead(read: (text: string) => number) {
  const expected = 'must be a duration such as 500ms, 5s, 1m, 1h or 1d';
  const number = z.number(expected).int(expected).nonnegative(expected);
  const text = z.string(expected).regex(durationPattern, expected);
  return z
    .union([number, text], expected)
    .meta({ duration: true })
    .transform((given, context) => {
      try {
        return typeof given === 'number' ? given : read(given);
      } catch {
        context.addIssue({ code: 'custom', message: expected });
        return z.NEVER;
      }
    });
}

/** Names, as one text or as a list; comes out as a list. A text is split as `splitList` does. */
export function names(expected = 'must be a name or a list of names', { atLeast = 1 } = {}) {
  const name = z.string(expected).trim().min(1, expected);
  return z
    .union([z.string(expected), z.array(name, expected)], expected)
    .transform((given) => (typeof given === 'string' ? splitList(given) : given))
    .pipe(z.array(name).min(atLeast, expected));
}

/** Splits `a, f(b, c)` at the commas that stand in no parentheses and no quotes. */
export function splitList(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let begin = 0;
  for (const { 0: found, index } of text.matchAll(/'[^']*'|"[^"]*"|[()[\],]/g)) {
    if (found === '(' || found === '[') depth++;
    else if (found === ')' || found === ']') depth--;
    else if (found === ',' && depth === 0) {
      parts.push(text.slice(begin, index));
      begin = index + 1;
    }
  }
  return [...parts, text.slice(begin)].map((part) => part.trim());
}
