import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpecError } from '../../src/errors.ts';
import { aggregatesOf, fieldsOf, isDeterministic } from '../../src/expression/analyse.ts';
import { compilePredicate, compileScalar } from '../../src/expression/compile.ts';
import { parseExpression, parseLeadingExpression } from '../../src/expression/parse.ts';
import { childrenOf, type Node } from '../../src/expression/tree.ts';
import { unparse } from '../../src/expression/unparse.ts';
import { anyNode } from './generate.ts';

describe('the grammar', () => {
  it.each([
    ['a OR b AND NOT c', 'a OR (b AND (NOT c))'],
    ['NOT a = b', 'NOT (a = b)'],
    ['a + b * c - d', '(a + (b * c)) - d'],
    ['a || b * c', '(a || b) * c'],
    ['-a || b', '(-a) || b'],
    ['a < b = c', '(a < b) = c'],
    ['a BETWEEN b + 1 AND c AND d', '(a BETWEEN (b + 1) AND c) AND d'],
    ['a IN (1) = b', '(a IN (1)) = b'],
    ['a IS NULL = b', '(a IS NULL) = b'],
    ['a - b - c', '(a - b) - c'],
  ])('reads %s as %s', (text, explicit) => {
    expect(shapeOf(parseExpression(text).root)).toEqual(shapeOf(parseExpression(explicit).root));
  });

  it.each([
    ['a == 1 AND b != 2', 'a = 1 AND b <> 2'],
    ['(((a)))', 'a'],
    ['(a + b) * c', '(a + b) * c'],
    ['a + (b * c)', 'a + b * c'],
    ['a - (b - c)', 'a - (b - c)'],
    ['a[\'b c\']."d"[0]', 'a."b c".d[0]'],
    ['"select" = "end"', 'select = "end"'],
    ["'it''s'", "'it''s'"],
    ['case when A then 1 else 2 end', 'CASE WHEN A THEN 1 ELSE 2 END'],
    ["Upper(x) not like 'A%' escape '!'", "upper(x) NOT LIKE 'A%' ESCAPE '!'"],
    ['COUNT(*) FILTER (WHERE a > 1) > 10', 'count(*) FILTER (WHERE a > 1) > 10'],
    ['sum(distinct x)', 'sum(DISTINCT x)'],
    ['substring(x, 2)', 'substr(x, 2)'],
    ['cast(x as bigint)', 'CAST(x AS INTEGER)'],
    ['$headers["trace"]', '$headers.trace'],
    ['a /* why */ + -- because\n b', 'a + b'],
    ['timestamp > 5 AND filter IS NOT NULL', 'timestamp > 5 AND filter IS NOT NULL'],
  ])('prints %s as %s', (text, printed) => {
    expect(unparse(parseExpression(text))).toBe(printed);
  });

  it('gives every node its place in the text', () => {
    const text = "a + (upper(b) || 'x')";
    const { root } = parseExpression(text);
    const [left, right] = childrenOf(root);
    expect(text.slice(root.start, root.end)).toBe(text);
    expect(text.slice(left!.start, left!.end)).toBe('a');
    expect(text.slice(right!.start, right!.end)).toBe("(upper(b) || 'x')");
  });

  it('reads double quotes as strings where a pattern says so', () => {
    const options = { doubleQuotes: 'string' } as const;
    expect(unparse(parseExpression('action = "click"', options))).toBe("action = 'click'");
  });

  it('stops where the expression ends, for a grammar around it', () => {
    const text = 'COUNT(*) > 10 IN 30s WHERE action = "click"';
    const { expression, end } = parseLeadingExpression(text, 0);
    expect(unparse(expression)).toBe('count(*) > 10');
    expect(text.slice(end)).toBe('IN 30s WHERE action = "click"');
  });

  it('prints any tree as a text that parses to the same tree', () => {
    fc.assert(
      fc.property(anyNode, (root) => {
        const printed = unparse({ text: '', place: undefined, root });
        expect(shapeOf(parseExpression(printed).root)).toEqual(shapeOf(root));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a mistake', () => {
  it.each([
    ['a > 1 AND b = uper(c)', '--where:1:15: unknown function "uper"; did you mean "upper"?'],
    ['a >', '--where:1:4: expected an expression, found the end'],
    ['a > > b', '--where:1:5: expected an expression, found ">"'],
    ['(a', '--where:1:3: expected ")", found the end'],
    ['a b', '--where:1:3: expected an operator or the end, found "b"'],
    ["a = 'x", "--where:1:5: the quote that opens here is never closed; end it with '"],
    ['a = 1 AND\n  b ? 2', '--where:2:5: "?" has no place in an expression'],
    [
      'a.end > when',
      '--where:1:9: expected an expression, found "when"; a field of that name is written "when", in double quotes',
    ],
    ['upper()', '--where:1:1: upper takes 1 argument, not 0; it is upper(text)'],
    [
      'substr(a, 1, 2, 3)',
      '--where:1:1: substr takes 2 to 3 arguments, not 4; it is substr(text, start [, length])',
    ],
    ['coalesce()', '--where:1:1: coalesce takes at least 1 argument, not 0; it is coalesce(value …)'],
    ['upper(*)', '--where:1:1: upper is no aggregate and takes no *'],
    ['upper(DISTINCT a)', '--where:1:1: upper is no aggregate and takes no DISTINCT'],
    ['sum(*)', '--where:1:1: sum(*) has no meaning; only count(*) does'],
    ['sum(count(*))', "--where:1:5: an aggregate (count) can't stand inside another (sum)"],
    [
      'CAST(a AS NUMBRE)',
      '--where:1:11: unknown type "NUMBRE"; it can be INTEGER, DOUBLE, TEXT, BOOLEAN, TIMESTAMP',
    ],
    ['CAST(a AS INTEGRE)', '--where:1:11: unknown type "INTEGRE"; did you mean "INTEGER"?'],
    [
      '$ofset > 1',
      '--where:1:1: unknown "$ofset"; it can be $key, $headers, $topic, $partition, $offset, $timestamp',
    ],
    ['a NOT 5', '--where:1:7: expected IN, BETWEEN or LIKE after NOT, found "5"'],
    [
      'a IN 5',
      '--where:1:3: expected an operator or the end, found "IN"; a list for IN stands in parentheses',
    ],
    ['a[x]', '--where:1:3: expected a name such as \'b\', or a place such as 0, in brackets, found "x"'],
    ['1e999', '--where:1:1: the number is out of the range of a double'],
    [
      'sum(x) > 5',
      '--where:1:1: sum is an aggregate: it has no meaning for a single event; aggregates stand in windows and patterns',
    ],
    [
      "regexp_like(a, '(')",
      "--where:1:1: not a regular expression in RE2's syntax: error parsing regexp: missing closing ): `(`",
    ],
    ["a > TIMESTAMP '2024-13-01'", "--where:1:5: can't cast the text '2024-13-01' to TIMESTAMP"],
    ["CAST('x' AS DOUBLE) = a AND b", "--where:1:1: can't cast the text 'x' to DOUBLE"],
    ["upper(coalesce(a, b)) || CAST('x' AS DOUBLE)", "--where:1:26: can't cast the text 'x' to DOUBLE"],
    [
      "a = 1 AND date_trunc('fortnight', a) = b",
      "--where:1:11: unknown unit 'fortnight'; it can be year, quarter, month, week, millisecond, second, minute, hour, day",
    ],
    ["strftime(a, '%y')", `--where:1:1: unknown "%y" in the format '%y'`],
    ["json_value(a, 'b')", "--where:1:1: a path begins with $, as '$.a.b', not 'b'"],
    ["round(a, 'x')", `--where:1:1: round: "digits" must be a number, not the text 'x'`],
    ["a LIKE 'x!' ESCAPE '!'", '--where:1:1: the LIKE pattern ends with its ESCAPE !'],
  ])('in %j is told with its place', (text, line) => {
    const error = mistakeIn(text);
    const hint = error.hint === undefined ? '' : `; ${error.hint}`;
    expect(`${error.place}: ${error.message}${hint}`).toBe(line);
  });

  it.each([
    "b AND a > CAST('x' AS DOUBLE)",
    "b OR NOT a > CAST('x' AS DOUBLE)",
    "coalesce(a, CAST('x' AS DOUBLE))",
    "iif(a, CAST('x' AS DOUBLE), 1)",
    "CASE WHEN a THEN 1 ELSE CAST('x' AS DOUBLE) END",
  ])('in a constant that a condition stands before, %s, is left to the events that come to it', (text) => {
    expect(() => compileScalar(parseExpression(text))).not.toThrow();
    expect(() => compilePredicate(parseExpression(text))).not.toThrow();
  });

  it('is shown with a caret below it', () => {
    expect(mistakeIn('a > 1 AND\n b = uper(c)').excerpt).toBe('  2 |  b = uper(c)\n    |      ^');
  });

  it('in a long line is shown with the part around it', () => {
    const excerpt = mistakeIn(`${'a + '.repeat(100)}uper(c)`).excerpt!;
    const [line, caret] = excerpt.split('\n');
    expect(line!.length).toBeLessThanOrEqual(110);
    expect(line!.slice(caret!.indexOf('^'))).toBe('uper(c)');
  });
});

describe('what is known of an expression', () => {
  it('are its fields', () => {
    const paths = fieldsOf(parseExpression("a.b > 1 AND c[0] = 'x' OR a.b IS NULL AND $key = d"));
    expect(paths).toEqual([['a', 'b'], ['c', 0], ['d']]);
  });

  it('is whether it reads the time of day', () => {
    expect(isDeterministic(parseExpression('a > 1'))).toBe(true);
    expect(isDeterministic(parseExpression('a > now() - 1000'))).toBe(false);
  });

  it('are its aggregates', () => {
    const names = aggregatesOf(parseExpression('sum(x) / count(*) > 1')).map((node) => node.name);
    expect(names).toEqual(['sum', 'count']);
  });
});

function mistakeIn(text: string): SpecError {
  try {
    compileScalar(parseExpression(text, { place: '--where' }));
  } catch (error) {
    if (error instanceof SpecError) return error;
    throw error;
  }
  throw new Error('no mistake was found');
}

/** The tree without its positions. */
function shapeOf(node: Node): unknown {
  return JSON.parse(
    JSON.stringify(node, (name, value) => {
      if (name === 'start' || name === 'end') return undefined;
      return typeof value === 'bigint' ? `${value}n` : value;
    }),
  );
}
