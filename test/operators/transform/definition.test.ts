import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SpecError } from '../../../src/errors.ts';
import { transformOperator } from '../../../src/operators/transform/definition.ts';
import { build, transform } from './run.ts';

function problemsOf(steps: unknown): string[] {
  const { error } = transformOperator.options.safeParse({ steps });
  return (error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
}

const deterministic = (steps: unknown) =>
  transformOperator.deterministic(transformOperator.options.parse({ steps }));

describe('the options of transform', () => {
  it.each(transformOperator.examples)('take the example %s', async (example) => {
    const { type, ...options } = parse(example);
    expect(type).toBe('transform');
    const read = transformOperator.options.parse(options);
    await transformOperator.build(read, build);
    expect(transformOperator.options.parse(read), 'what is given out is valid input, and the same').toEqual(
      read,
    );
  });

  it.each([
    ['no step', [], 'steps: Too small: expected array to have >=1 items'],
    [
      'a step that is none',
      [{ name: 'x' }],
      'steps.0: must have one of filter, set, select, drop, rename, parse, explode, sample, dedupe, rate_limit, lookup, module',
    ],
    [
      'two in one',
      [{ filter: 'a', drop: ['b'] }],
      'steps.0: must have one of filter, set, select, drop, rename, parse, explode, sample, dedupe, rate_limit, lookup, module',
    ],
    ['a misspelt step', [{ fliter: 'a' }], 'steps.0: Unrecognized key: "fliter"'],
    [
      'a mistake in a filter',
      [{ filter: 'uper(a) = 1' }],
      'steps.0.filter: at 1:1: unknown function "uper"; did you mean "upper"?',
    ],
    [
      'an aggregate',
      [{ set: { n: 'count(*)' } }],
      'steps.0.set.n: at 1:1: count is an aggregate: it has no meaning for a single event; aggregates stand in windows and patterns',
    ],
    [
      'a column without a name',
      [{ select: ['a + 1'] }],
      'steps.0.select.0: the column "a + 1" has no name; give it one: a + 1 AS name',
    ],
    [
      'a name that is none',
      [{ drop: ['a + 1'] }],
      'steps.0.drop.0: "a + 1" is not the name of a field; it is written as user.city',
    ],
    [
      'a name that is refused',
      [{ drop: ['__proto__'] }],
      `steps.0.drop.0: a field can't be called "__proto__"; give it another name`,
    ],
    [
      'a column of a name that is refused',
      [{ select: ['a.__proto__'] }],
      `steps.0.select.0: a field can't be called "__proto__"; give it another name`,
    ],
  ])('refuse %s', (_name, steps, problem) => {
    expect(problemsOf(steps)).toContain(problem);
  });

  it.each([
    [
      'two columns of one name',
      [{ select: ['a.id', 'b.id'] }],
      'node, step 1 (select)',
      'two columns are called "id"',
    ],
    [
      'a rename down a path',
      [{ rename: { 'a.b': 'c' } }],
      'node, step 1 (rename)',
      'rename takes no path, as "a.b" is',
    ],
    [
      'CSV without columns',
      [{ filter: 'a' }, { parse: { field: 'a', as: 'csv' } }],
      'node, step 2 (parse)',
      '"columns" is missing',
    ],
    [
      'columns of JSON',
      [{ parse: { field: 'a', as: 'json', columns: ['x'] } }],
      'node, step 1 (parse)',
      '"columns" has no meaning for json',
    ],
    [
      'a pattern without names',
      [{ parse: { field: 'a', as: 'regex', pattern: '(a)' } }],
      'node, step 1 (parse)',
      'the pattern has no named group',
    ],
    [
      'a format that is none',
      [{ parse: { field: 'a', as: 'timestamp', format: '%Q' } }],
      'node, step 1 (parse)',
      'unknown "%Q" in the format "%Q"',
    ],
  ])('refuse %s when the operator is built', async (_name, steps, place, message) => {
    const error = await transform(steps, []).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SpecError);
    expect(error).toMatchObject({ place, message });
  });

  it('refuse a prototype as the target of a set', () => {
    // As YAML gives it: a property of its own, which an object literal would not have.
    const set = JSON.parse('{"a.__proto__.polluted": "1"}');
    expect(problemsOf([{ set }])).not.toEqual([]);
  });
});

describe('a transform', () => {
  it('is deterministic unless an expression reads the time of day', () => {
    expect(deterministic([{ filter: 'a > 1' }, { sample: 0.5 }])).toBe(true);
    expect(deterministic([{ filter: 'at < now()' }])).toBe('a filter uses now()');
    expect(deterministic([{ filter: 'a' }, { set: { at: 'now()' } }])).toBe('a field is set from now()');
    expect(deterministic([{ select: ['now() AS at'] }])).toBe('a column is selected from now()');
  });

  it('names the step in the dead letter, if it has a name', async () => {
    const steps = [{ set: { a: '1' } }, { name: 'positive', filter: 'v > 0' }, { set: { w: 'v + 1' } }];
    const { rejected } = await transform(steps, [{ v: 'x' }]);
    expect(rejected[0]).toMatchObject({
      step: 'positive',
      message: "can't compare the text 'x' with the number 0",
    });
  });

  it('rejects the event as it came in, whatever the steps before have made of it', async () => {
    const steps = [{ set: { v: "'x'" } }, { filter: 'v > 0' }];
    const { rejected } = await transform(steps, [{ v: 1 }]);
    expect(rejected.map(({ value }) => value)).toEqual([{ v: 1 }]);
  });
});
