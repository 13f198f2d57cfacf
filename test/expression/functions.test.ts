import { describe, expect, it } from 'vitest';
import { encodeValue } from '../../src/codecs/json.ts';
import { aggregateFunctions } from '../../src/expression/aggregates.ts';
import { isDeterministic } from '../../src/expression/analyse.ts';
import { compileScalar } from '../../src/expression/compile.ts';
import { aliases, functionGroups, scalarFunctions } from '../../src/expression/functions/index.ts';
import { parseExpression } from '../../src/expression/parse.ts';
import { expressionsPage } from '../../src/expression/reference.ts';
import { evaluate, eventOf } from './evaluate.ts';

const functions = Object.values(functionGroups).flat();

describe('every function', () => {
  it.each(functions.flatMap(({ examples }) => examples))(
    '%s is %s, as the reference says',
    (text, result) => {
      expect(encodeValue(evaluate(text))).toBe(result);
    },
  );

  it.each(functions.map(({ name, examples }) => ({ name, examples })))(
    '$name has an example',
    ({ name, examples }) => {
      expect(examples.filter(([text]) => text.toLowerCase().includes(`${name}(`))).not.toEqual([]);
    },
  );

  it('has a name of its own', () => {
    const names = [...functions.map(({ name }) => name), ...aliases.keys(), ...aggregateFunctions.keys()];
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(scalarFunctions.size).toBe(functions.length);
  });

  it('is on the reference page', async () => {
    await expect(expressionsPage()).toMatchFileSnapshot('../../docs/reference/expressions.md');
  });
});

describe('functions of times', () => {
  it.each([
    ["date_trunc('year', '2026-08-15T10:11:12Z')", '2026-01-01'],
    ["date_trunc('quarter', '2026-08-15')", '2026-07-01'],
    ["date_trunc('week', '2026-03-01')", '2026-02-23'],
    ["date_trunc('day', '1969-12-31T23:00:00Z')", '1969-12-31'],
    ["date_add('month', -1, '2026-03-31')", '2026-02-28'],
    ["date_add('month', 13, '2026-01-31')", '2027-02-28'],
    ["date_add('years', 1, '2024-02-29')", '2025-02-28'],
    ["date_add('quarter', 1, '2026-11-30')", '2027-02-28'],
    ["date_add('week', -1, '2026-01-01')", '2025-12-25'],
  ])('%s is %s', (text, day) => {
    expect(evaluate(text)).toEqual(new Date(`${day}T00:00:00Z`));
  });

  it.each([
    ["date_part('week', '2027-01-03')", 53],
    ["date_part('week', '2026-01-01')", 1],
    ["date_part('doy', '2024-12-31')", 366],
    ["date_part('quarter', '2026-06-30')", 2],
    ["date_diff('month', '2025-12-31', '2026-01-01')", 1],
    ["date_diff('year', '2026-06-01', '2024-06-01')", -2],
    ["date_diff('week', '2026-01-04', '2026-01-05')", 1],
    ["date_diff('hour', '2026-01-01T00:59:00Z', '2026-01-01T03:00:00Z')", 3],
    [
      "strftime('2026-02-03T04:05:06.007Z', '%Y-%m-%d %H:%M:%S.%L %j %u %s %%')",
      '2026-02-03 04:05:06.007 034 2 1770091506 %',
    ],
  ])('%s is %s', (text, result) => {
    expect(evaluate(text)).toBe(result);
  });

  it.each([
    ['date_trunc(v, at)', 'eon'],
    ['date_part(v, at)', 'eon'],
    ['strftime(at, v)', '%Q'],
    ['strftime(at, v)', '50 %'],
    ["date_trunc('day', v)", 'noon'],
    ['to_timestamp(v)', '2026-02-30'],
    ['to_timestamp(v)', '2026-01-01T24:30:00Z'],
    ['to_timestamp(v)', '2026-01-01T00:00:00+99:99'],
    ['to_timestamp(v)', '2026-01-01T00:00:00+19:00'],
    ['to_timestamp(v)', '2026-01-01T00:00:00+01:60'],
    ['to_timestamp(v)', 1e18],
    ["date_part('year', v)", 1767225600000000000n],
    ["date_part('year', v)", -1e16],
    ["strftime(v, '%Y')", 1767225600000000000n],
    ["date_diff('day', at, v)", 1e16],
  ])('%s of %s is refused', (text, v) => {
    expect(() => evaluate(text, { v, at: '2026-01-01' })).toThrowError(
      expect.objectContaining({ name: 'DataError' }),
    );
  });

  it.each([
    ['CURRENT_TIMESTAMP', new Date(86_405_000)],
    ['current_date', new Date(86_400_000)],
    ['v < CURRENT_TIMESTAMP - 1000', true],
    ['"current_date"', 'a field'],
  ])('%s is %s', (text, result) => {
    const scalar = compileScalar(parseExpression(text), { clock: { now: () => 86_405_000 } });
    expect(scalar(eventOf({ v: new Date(0), current_date: 'a field' }))).toEqual(result);
    expect(isDeterministic(parseExpression(text))).toBe(text.startsWith('"'));
  });

  it('read the clock that they are given', () => {
    const scalar = compileScalar(parseExpression('now()'), { clock: { now: () => 5000 } });
    expect(scalar(eventOf({}))).toEqual(new Date(5000));
  });
});

describe('functions of regular expressions', () => {
  it('take their pattern from the event too', () => {
    expect(evaluate('regexp_like(text, pattern)', { text: 'user-1', pattern: '^user' })).toBe(true);
    expect(() => evaluate('regexp_like(text, pattern)', { text: 'a', pattern: '(' })).toThrowError(
      /RE2's syntax/,
    );
  });

  it('refuse a group that the pattern has not', () => {
    expect(() => evaluate("regexp_extract('a', 'a', 1)")).toThrowError(
      'the pattern has 0 groups, no group 1',
    );
  });

  it('give NULL for a group that took no part', () => {
    expect(evaluate("regexp_extract('b', '(a)?b', 1)")).toBe(null);
    expect(evaluate("regexp_extract('x', 'b')")).toBe(null);
  });
});

describe('functions of JSON', () => {
  it('keep whole numbers exact', () => {
    expect(evaluate('json_parse(\'{"id": 9007199254740993}\')')).toEqual({
      id: 9007199254740993n,
    });
    expect(evaluate("json_value('[9007199254740993]', '$[0]')")).toBe(9007199254740993n);
    expect(evaluate('to_json(v)', { v: { id: 9007199254740993n } })).toBe('{"id":9007199254740993}');
  });

  it.each([
    ["json_parse('{')", /invalid JSON/],
    ["json_value('{}', 'a')", /begins with \$/],
    ["json_value('{}', '$.a b')", /can't be read from ' b'/],
    ["array_length('a')", /"array" must be an array/],
  ])('%s is refused', (text, message) => {
    expect(() => evaluate(text)).toThrowError(message);
  });
});
