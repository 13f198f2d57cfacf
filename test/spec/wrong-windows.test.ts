import { expect, test } from 'vitest';
import { jobFromFlags } from '../../src/spec/load.ts';
import { parseJob } from '../../src/spec/parse.ts';
import { readYaml } from '../../src/spec/yaml.ts';
import { complaints } from './read.ts';

function complaintsAbout(window: string): string[] {
  const jobfile = `sources: { in: { type: stdin, time: t } }
operators:
  w: { type: window, ${window} }
sinks: { out: { type: stdout } }
`;
  return complaints(() => parseJob(readYaml(jobfile, 'job.yaml'), { environment: {} }));
}

const oneOperator = 'takes one operator: $sum, $avg, $min, $max or $addToSet';

test.each([
  ['{ $count: 1 }', '57: unknown option "$count"; it can be $sum, $avg, $min, $max or $addToSet'],
  ['{ sum: v }', '57: unknown option "sum"; did you mean "$sum"?'],
  ['{ $summ: v, $avg: v }', '57: unknown option "$summ"; did you mean "$sum"?'],
  ['{ $sum: 1, $avg: v }', `55: "n" ${oneOperator}`],
  ['{}', `55: "n" ${oneOperator}`],
  ['{ $avg: v + }', '63: expected an expression, found ")"'],
  [
    '[v]',
    '55: "n" must be an expression such as sum(value), or one of { $sum, $avg, $min, $max, $addToSet }, not a list',
  ],
  ['sum(v) + w', '64: "w" is not the same for all events; aggregate it, as in max(w), or make it a key'],
])('a mistake in an aggregation is shown once, where it stands: %s', (aggregation, line) => {
  expect(complaintsAbout(`tumbling: 5m, aggregations: { n: ${aggregation} }`)).toEqual([
    `job.yaml:3:${line}`,
  ]);
});

test.each([
  [
    'key: [a.id, b.id], tumbling: 5m, aggregations: { n: count(*) }',
    '27: two key fields are called "id"; name one of them: a.b AS c',
  ],
  [
    'key: [n, lower(], tumbling: 5m, aggregations: { n: count(*) }',
    '27: expected an expression, found the end',
  ],
  [
    'key: n, tumbling: 5m, aggregations: { n: count(*) }',
    '58: "n" is a field of the result already; give the aggregation another name',
  ],
  [
    'tumbling: 5m, aggregations: { n: count(*) }, having: n > v',
    '79: "v" is not the same for all events; aggregate it, as in max(v), or make it a key',
  ],
  [
    'tumbling: 5m, aggregations: {}',
    '50: "aggregations" must have at least one aggregation, not an empty map',
  ],
])('what does not fit together is shown where it stands: %s', (window, line) => {
  expect(complaintsAbout(window)).toEqual([`job.yaml:3:${line}`]);
});

test.each([
  [
    { time: 't', agg: ['a=count(*)', 'n=sum(v) + w'] },
    '--agg',
    '"w" is not the same for all events',
    '  1 | sum(v) + w\n    |          ^',
  ],
  [
    { time: 't', agg: ['a=count(*)'], having: 'b > 1' },
    '--having',
    '"b" is not the same for all events',
    '  1 | b > 1\n    | ^',
  ],
  [{ agg: ['a=count(*)'] }, '--tumbling', 'this goes by event time, and the events have none', undefined],
])('a mistake in flags is shown below the flag: %j', (flags, place, message, excerpt) => {
  const all = { from: ['-'], to: ['-'], tumbling: '5m', ...flags };
  expect(() => jobFromFlags('window', all, { environment: {} })).toThrow(
    expect.objectContaining({ place, message, excerpt }),
  );
});
