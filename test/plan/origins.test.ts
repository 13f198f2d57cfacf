import { describe, expect, test } from 'vitest';
import { planJob } from '../../src/plan/plan.ts';
import { parseJob } from '../../src/spec/parse.ts';
import { readYaml } from '../../src/spec/yaml.ts';

const nodes = `
name: job
sources:
  a: { type: file, path: a.jsonl, time: at }
  b: { type: file, path: b.jsonl, time: at }
operators:
  one: { type: transform, from: a, steps: [ { set: { tag: 1 } } ] }
  two: { type: transform, from: a, steps: [ { set: { tag: 2 } } ] }
  other: { type: transform, from: b, steps: [ { set: { tag: 3 } } ] }
  counts: { type: window, from: a, key: k, tumbling: 1m, aggregations: { n: count(*) } }
  sums: { type: window, from: one, key: k, tumbling: 1m, aggregations: { n: sum(n) } }
  slim: { type: transform, from: counts, steps: [ { drop: [n] } ] }
  made: { type: process, from: a, key: k, module: ./m.ts }
  both: { type: union, from: [one, other] }
`;

/** Those of the inputs whose events are told apart. */
function sharedOf(from: string): string[] {
  const text = `${nodes}  u: { type: union, from: ${from} }
sinks: { out: { type: file, path: o.jsonl, from: ${from} }, rest: { type: file, path: r.jsonl, from: [sums, slim, made, both, two, u] } }`;
  const { operators, sinks } = planJob(parseJob(readYaml(text, '/jobs/job.yaml'), { environment: {} }));
  const [inUnion, inSink] = [operators.find(({ spec }) => spec.name === 'u')!, sinks[0]!].map(({ inputs }) =>
    inputs.filter(({ isShared }) => isShared).map(({ node, port }) => (port ? `${node}.${port}` : node)),
  );
  expect(inSink).toEqual(inUnion);
  return inUnion!;
}

describe('inputs of one node that may bring it the same event', () => {
  test.each([
    ['different sources', '[a, b]', []],
    ['two branches of one source', '[one, two]', ['one', 'two']],
    ['a branch and its source, beside another one', '[a, two, other]', ['a', 'two']],
    ['a branch that a union took in', '[both, two, other]', ['both', 'two', 'other']],
    ['the results of windows, and what they are made of', '[counts, sums, a]', []],
    ['results, and what is made of them', '[counts, slim]', ['counts', 'slim']],
    ['what was late for a window, and its results', '[counts, counts.late]', []],
    ['what was late for a window, and what was not', '[a, counts.late]', ['a', 'counts.late']],
    ['what a module makes of events', '[made, one]', ['made', 'one']],
  ])('%s', (_, from, shared) => {
    expect(sharedOf(from)).toEqual(shared);
  });
});
