import { describe, expect, it } from 'vitest';
import { DataError, SpecError } from '../../src/errors.ts';
import type { JsonObject } from '../../src/event.ts';
import { evaluate } from './evaluate.ts';

const long = 'a'.repeat(30_000);

/** What it ends with: a value of bounded size, or one of our own errors. Anything else is a bug, and thrown. */
function outcome(text: string, value: JsonObject = {}): string {
  try {
    return String(evaluate(text, value)).slice(0, 40);
  } catch (error) {
    if (error instanceof SpecError || error instanceof DataError) return error.message;
    throw error;
  }
}

describe('a hostile expression', () => {
  it.each([
    ['10,000 parentheses', `${'('.repeat(10_000)}1${')'.repeat(10_000)}`, 'nested deeper than 500 levels'],
    ['10,000 open parentheses', '('.repeat(10_000), 'nested deeper than 500 levels'],
    ['10,000 NOTs', `${'NOT '.repeat(10_000)}TRUE`, 'nested deeper than 500 levels'],
    ['10,000 signs', `${'- '.repeat(10_000)}a`, 'nested deeper than 500 levels'],
    [
      '10,000 nested calls',
      `${'upper('.repeat(10_000)}a${')'.repeat(10_000)}`,
      'nested deeper than 500 levels',
    ],
    ['10,000 additions', `1${' + 1'.repeat(10_000)}`, 'more than 500 operators in a row'],
    ['10,000 quotes', "'".repeat(9_999), 'the quote that opens here is never closed'],
    [
      'repetition without end',
      "repeat('abcdefgh', 100000000)",
      'repeat would make a text of 800000000 characters; at most 16777216 are allowed',
    ],
    [
      'padding without end',
      "lpad('a', 1e12)",
      'pad would make a text of 999999999999 characters; at most 16777216 are allowed',
    ],
    ['a list longer than a stack', `a IN (${'1,'.repeat(140_000)}2)`, 'null'],
    ['a prototype', "coalesce(__proto__.polluted, constructor.prototype, toString, 'nothing')", 'nothing'],
    ['a prototype by JSON', `json_parse('{"__proto__": {"polluted": 1}}') IS NULL`, 'false'],
  ])('of %s is answered clearly and changes nothing', (_name, text, answer) => {
    expect(outcome(text)).toBe(answer);
    expect(({} as JsonObject).polluted).toBe(undefined);
  });

  it.each(['s || s', "concat('-', s, s)", "concat_ws('-', s, s)", 'array_join(json_array(1, 2, 3), s)'])(
    'of doubling without end, %s, is refused before the text is too long for the machine',
    (text) => {
      expect(outcome(text, { s: `${'a'.repeat(8 * 1024 * 1024)}b` })).toMatch(
        /^[|a-z_]+ would make a text of 1677\d+ characters; at most 16777216 are allowed$/,
      );
      expect(outcome(text, { s: 'ab' })).not.toMatch(/allowed/);
    },
  );

  it.each([
    ["regexp_like(s, '(a+)+$')", `${long}!`, 'false'],
    ["regexp_like(s, '(a|a)*b')", long, 'false'],
    ["regexp_like(s, '(a*)*(a*)*(a*)*x')", long, 'false'],
    ["regexp_replace(s, '(.*)(.*)(.*)x', '$1') = s", long.slice(0, 1000), 'true'],
    ["regexp_extract(s, '^(([a-z])+.)+[A-Z]([a-z])+$')", long, 'null'],
    ["s LIKE '%a%a%a%a%a%a%a%a%b'", long, 'false'],
    ["s LIKE '%_a%_a%_a%_b%'", long, 'false'],
  ])('of backtracking, %s, ends, which by trying all ways it never would', (text, s, answer) => {
    expect(outcome(text, { s })).toBe(answer);
  });
});
