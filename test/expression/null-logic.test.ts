import { describe, expect, it } from 'vitest';
import { compilePredicate } from '../../src/expression/compile.ts';
import { parseExpression } from '../../src/expression/parse.ts';
import { evaluate, eventOf } from './evaluate.ts';

const values = { TRUE: true, FALSE: false, NULL: null };
type Truth = keyof typeof values;

/** Rows and columns in the order TRUE, FALSE, NULL. */
const tables = {
  AND: [
    ['TRUE', 'FALSE', 'NULL'],
    ['FALSE', 'FALSE', 'FALSE'],
    ['NULL', 'FALSE', 'NULL'],
  ],
  OR: [
    ['TRUE', 'TRUE', 'TRUE'],
    ['TRUE', 'FALSE', 'NULL'],
    ['TRUE', 'NULL', 'NULL'],
  ],
} as const;

describe('logic with NULL', () => {
  const truths = Object.keys(values) as Truth[];
  for (const operator of ['AND', 'OR'] as const) {
    for (const [row, left] of truths.entries()) {
      for (const [column, right] of truths.entries()) {
        const result: Truth = tables[operator][row]![column]!;
        it(`${left} ${operator} ${right} is ${result}, for constants and for fields`, () => {
          expect(evaluate(`${left} ${operator} ${right}`)).toBe(values[result]);
          const event = { l: values[left], r: values[right] };
          expect(evaluate(`l ${operator} r`, event)).toBe(values[result]);
          const predicate = compilePredicate(parseExpression(`l ${operator} r`));
          expect(predicate(eventOf(event))).toBe(values[result] === true);
        });
      }
    }
  }

  it.each([
    ['NOT NULL', null],
    ['NULL = NULL', null],
    ['NULL <> 1', null],
    ['absent > 5', null],
    ['NULL IS NULL', true],
    ['absent IS NOT NULL', false],
    ['NULL IS TRUE', false],
    ['NULL IS NOT TRUE', true],
    ['FALSE IS FALSE', true],
    ['NULL IS DISTINCT FROM NULL', false],
    ['1 IS DISTINCT FROM NULL', true],
    ['1 IS NOT DISTINCT FROM 1', true],
    ['1 IN (2, NULL)', null],
    ['1 IN (1, NULL)', true],
    ['1 NOT IN (2, NULL)', null],
    ['NULL IN (1)', null],
    ['10 BETWEEN NULL AND 5', false],
    ['3 BETWEEN NULL AND 5', null],
    ['10 NOT BETWEEN NULL AND 5', true],
    ["NULL LIKE 'a'", null],
    ['1 + NULL', null],
    ["'a' || NULL", null],
    ['CASE NULL WHEN NULL THEN 1 ELSE 2 END', 2],
    ['CASE WHEN NULL THEN 1 END', null],
    ['CAST(NULL AS INTEGER)', null],
    ['upper(NULL)', null],
  ])('%s is %s', (text, result) => {
    expect(evaluate(text)).toBe(result);
  });

  it('filters a tombstone out: it has no fields', () => {
    expect(evaluate('a.b', null)).toBe(null);
    expect(compilePredicate(parseExpression('a > 1 OR a IS NOT NULL'))(eventOf(null))).toBe(false);
  });
});
