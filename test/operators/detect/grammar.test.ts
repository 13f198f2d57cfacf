import { describe, expect, it } from 'vitest';
import { SpecError } from '../../../src/errors.ts';
import { parseNamed, parsePattern } from '../../../src/operators/detect/pattern/grammar.ts';

/** Where the caret stands, and what is said there. */
function mistakeIn(text: string): { at: number; says: string } {
  try {
    parsePattern(text);
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const [shown, caret] = error.excerpt!.split('\n');
    return { at: caret!.indexOf('^') - shown!.indexOf(text), says: error.message };
  }
  throw new Error(`"${text}" has no mistake`);
}

describe('a pattern', () => {
  it.each([
    ["COUNT(*) > 10 IN 30s WHERE action = 'click'", { kind: 'burst', length: 30_000, groupBy: [] }],
    ['count(*) > 1 in 1.5m', { kind: 'burst', length: 90_000, where: undefined }],
    ['AVG(x) > 2 * MIN(x) AND MAX(y) IN 1d', { kind: 'burst', length: 86_400_000 }],
    ['COUNT(*) > 10 IN 5m GROUP BY user, lower(page) AS page', { groupBy: ['user', 'lower(page) AS page'] }],
    ['COUNT(*) > 10 IN 5m WHERE a IN (1, 2) GROUP BY user', { groupBy: ['user'] }],
    ["a = 'x' THEN b = 'y' IN 500ms", { kind: 'sequence', absent: false, length: 500 }],
    ["a = 'x' THEN NOT b = 'y' IN 1h WHERE c", { kind: 'sequence', absent: true, length: 3_600_000 }],
    ["a IN ('x', 'y') THEN b IN ('z') IN 5m", { kind: 'sequence', length: 300_000 }],
  ])('is read: %s', (text, expected) => {
    expect(parsePattern(text)).toMatchObject(expected);
  });

  it('has texts in double quotes as in single ones', () => {
    const [double, single] = [`a = "x"`, `a = 'x'`].map(
      (where) => parsePattern(`COUNT(*) > 1 IN 5s WHERE ${where}`).where,
    );
    expect(double!.root).toMatchObject({ right: { kind: 'literal', value: 'x' } });
    expect(single!.root).toMatchObject({ right: { kind: 'literal', value: 'x' } });
  });

  //  The caret stands under the mistake.
  it.each([
    ['COUNT(*) > 10', 13, 'expected IN and a duration, found the end'],
    ['COUNT(*) > 10 IN soon', 17, 'expected a duration longer than 0'],
    ['COUNT(*) > 10 IN 0s', 17, 'expected a duration longer than 0'],
    ['COUNT(*) > 10 IN 30', 17, 'expected a duration longer than 0'],
    ['COUNT(* > 10 IN 5s', 8, 'expected ")", found ">"'],
    ['COUNT(*) IN 5s', 0, 'this is never true or false'],
    ["action = 'a' IN 5m", 0, 'this aggregates nothing'],
    ["COUNT(*) > 1 THEN b = 'y' IN 5m", 0, 'count is an aggregate, and a sequence is of single events'],
    ["a = 'x' THEN b = 'y' IN 5s GROUP", 32, 'expected BY, found the end'],
    ['COUNT(*) > 2 IN 5s GROUP BY a,', 27, 'a key is missing after BY'],
    ['COUNT(*) > 2 IN 5s WHERE', 24, 'expected an expression, found the end'],
    ['COUNT(*) > 2 IN 5s WHERE 1 + 1', 25, 'this is never true or false'],
    ['COUNT(*) > 2 IN 5s AND a', 19, 'expected WHERE, GROUP BY or the end, found "AND"'],
  ])('with a mistake shows where it is: %s', (text, at, says) => {
    expect(mistakeIn(text)).toEqual({ at, says });
  });

  it.each([
    ['rapid=COUNT(*) > 10 IN 30s', 'rapid', 'COUNT(*) > 10 IN 30s'],
    ['COUNT(*) > 10 IN 30s', 'COUNT(*) > 10 IN 30s', 'COUNT(*) > 10 IN 30s'],
    ["a='x' THEN b='y' IN 5s", "a='x' THEN b='y' IN 5s", "a='x' THEN b='y' IN 5s"],
    ['rapid=COUNT(*) > 10', 'rapid', 'COUNT(*) > 10'],
  ])('may have a name before it: %s', (text, name, condition) => {
    expect(parseNamed(text)).toEqual({ name, condition });
  });
});
