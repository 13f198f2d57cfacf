import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { compilePredicate, compileScalar } from '../../src/expression/compile.ts';
import { parseExpression } from '../../src/expression/parse.ts';
import type { Expression } from '../../src/expression/tree.ts';
import { unparse } from '../../src/expression/unparse.ts';
import { commonExpressions } from './common-expressions.ts';
import { eventOf } from './evaluate.ts';
import { anyNode } from './generate.ts';
import { asSqlite, type Row, SqliteOracle } from './sqlite.ts';

const rows: readonly Row[] = [
  { a: 1, b: 2, c: 3, s: 'abc', t: 'b' },
  { a: 5, b: 5, c: 0, s: 'Click', t: 'click' },
  { a: -7, b: 3, c: 2.5, s: '  padded ', t: ' ' },
  { a: 0, b: -1, c: 100, s: '', t: '%' },
  { a: 2.5, b: 0.5, c: -2.5, s: 'naïve 🚀', t: '🚀' },
  { a: null, b: 4, c: null, s: null, t: 'x' },
  { a: 10, b: null, c: 7, s: '50%', t: null },
  { a: null, b: null, c: null, s: null, t: null },
];

const oracle = new SqliteOracle();
afterAll(() => oracle.close());

describe('the common subset', () => {
  it('has 300 expressions', () => {
    expect(new Set(commonExpressions).size).toBeGreaterThanOrEqual(300);
  });

  it.each(commonExpressions)('%s gives what SQLite gives', (text) => {
    expectAgreement(parseExpression(text), rows);
  });

  it('gives what SQLite gives, whatever the expression and the row', () => {
    const number = fc.option(fc.constantFrom(0, 1, 2, 3, 5, -1, -4, 0.5, 2.5, -0.25));
    const text = fc.option(fc.constantFrom('', 'a', 'abc', 'ab', 'a_c', 'B', 'é', '🚀', '~', '%', ' a '));
    const row = fc.record({ a: number, b: number, c: number, s: text, t: text });
    fc.assert(
      fc.property(anyNode, fc.array(row, { minLength: 1, maxLength: 5 }), (root, table) => {
        expectAgreement(parseExpression(unparse({ text: '', place: undefined, root })), table);
      }),
      { numRuns: 2000 },
    );
  });
});

/** As a value, and as a filter too if it is a condition, which has short ways of its own. */
function expectAgreement(expression: Expression, table: readonly Row[]): void {
  const events = table.map((row) => eventOf({ ...row }));
  const values = events.map(compileScalar(expression));
  expectSame(values.map(asSqlite), oracle.evaluate(expression.root, table));
  if (!values.every((value) => value === null || typeof value === 'boolean')) return;
  const passed = events.map(compilePredicate(expression));
  expect(passed).toEqual(values.map((value) => value === true));
}

/** Functions such as power are not rounded alike everywhere; all else is equal to the last bit. */
function expectSame(ours: readonly unknown[], theirs: readonly unknown[]): void {
  const expected = theirs.map((value) => (typeof value === 'number' ? value + 0 : value));
  const given = ours.map((value, index) => {
    const other = expected[index];
    if (typeof value !== 'number' || typeof other !== 'number') return value;
    return Math.abs(value - other) <= 1e-14 * Math.abs(other) ? other : value;
  });
  expect(given).toEqual(expected);
}
