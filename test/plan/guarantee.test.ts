import { describe, expect, test } from 'vitest';
import { SpecError } from '../../src/errors.ts';
import { explainPlan } from '../../src/plan/explain.ts';
import type { Plan } from '../../src/plan/model.ts';
import { planJob } from '../../src/plan/plan.ts';
import { parseJob } from '../../src/spec/parse.ts';
import { readYaml } from '../../src/spec/yaml.ts';

const file = '{ type: file, path: in.jsonl, time: at }';
const cassandra = '{ type: cassandra, contact_points: localhost, table: ks.rows }';
const once = '{ type: kafka, brokers: localhost, topic: rows, guarantee: exactly_once }';
const pure = '{ type: transform, steps: [ { set: { double: value * 2 } } ] }';
const clock = '{ type: transform, steps: [ { set: { seen: now() } } ] }';

interface Parts {
  readonly source?: string;
  readonly step?: string;
  readonly sinks: string;
  readonly rest?: string;
}

function plan({ source = file, step = pure, sinks, rest = '' }: Parts): Plan {
  const text = `name: job\nsources: { in: ${source} }\noperators: { step: ${step} }\nsinks: ${sinks}\n${rest}`;
  return planJob(parseJob(readYaml(text, '/jobs/job.yaml'), { environment: {} }));
}

function promiseOf(parts: Parts): string {
  const [sink] = plan(parts).sinks;
  return `${sink!.mode}: ${sink!.guarantee.promise}`;
}

describe('the mode and the promise of a sink', () => {
  test.each<[string, Parts, string]>([
    [
      'the only SQLite file',
      { sinks: '{ out: { type: sqlite, path: o.db, table: t } }' },
      'joined: exactly once',
    ],
    [
      'SQLite beside another sink',
      { sinks: `{ out: { type: sqlite, path: o.db, table: t }, c: ${cassandra} }` },
      'upsert: exactly-once effect',
    ],
    ['Cassandra', { sinks: `{ out: ${cassandra} }` }, 'upsert: exactly-once effect'],
    ['Cassandra behind now()', { step: clock, sinks: `{ out: ${cassandra} }` }, 'staged: exactly once'],
    [
      'SQLite beside another sink behind now()',
      { step: clock, sinks: `{ out: { type: sqlite, path: o.db, table: t }, c: ${cassandra} }` },
      'staged: exactly once',
    ],
    [
      'Cassandra behind backpressure that drops',
      { sinks: `{ out: ${cassandra} }`, rest: 'backpressure: { strategy: drop_oldest }' },
      'staged: exactly once',
    ],
    ['Kafka', { sinks: '{ out: { type: kafka, brokers: localhost, topic: t } }' }, 'direct: at least once'],
    ['Kafka in transactions', { sinks: `{ out: ${once} }` }, 'staged: exactly once'],
    ['a file', { sinks: '{ out: { type: file, path: o.jsonl } }' }, 'file: exactly once'],
    [
      'a file behind now()',
      { step: clock, sinks: '{ out: { type: file, path: o.jsonl } }' },
      'file: exactly once',
    ],
    ['standard output', { sinks: '{ out: { type: stdout } }' }, 'direct: at least once'],
    [
      'Cassandra from standard input, which no second run sees',
      { source: '{ type: stdin }', sinks: `{ out: ${cassandra} }` },
      'upsert: at most once',
    ],
    [
      'Cassandra without checkpoints',
      { step: clock, sinks: `{ out: ${cassandra} }`, rest: 'checkpoint: none' },
      'upsert: at most once',
    ],
  ])('%s', (_, parts, expected) => {
    expect(promiseOf(parts)).toBe(expected);
  });

  test('depend on the nodes above that sink alone', () => {
    const { sinks } = plan({
      step: clock,
      sinks: `{ out: ${cassandra}, raw: { type: file, path: raw.jsonl } }`,
    });
    expect(sinks.map(({ mode }) => mode)).toEqual(['staged', 'file']);
    const apart = planJob(
      parseJob(
        readYaml(
          `name: job
sources: { in: ${file} }
operators: { step: ${clock} }
sinks: { out: { type: cassandra, contact_points: localhost, table: ks.a, from: step }, raw: { type: cassandra, contact_points: localhost, table: ks.b, from: in } }`,
          '/jobs/job.yaml',
        ),
        { environment: {} },
      ),
    );
    expect(apart.sinks.map(({ mode }) => mode)).toEqual(['staged', 'upsert']);
  });

  test('rows that are delivered exactly once need checkpoints to wait in', () => {
    expect(() => plan({ sinks: `{ out: ${once} }`, rest: 'checkpoint: none' })).toThrow(SpecError);
    expect(() => plan({ sinks: `{ out: ${once} }`, rest: 'checkpoint: none' })).toThrow('needs checkpoints');
  });
});

describe('a source whose group is shared with other processes', () => {
  const shared = '{ type: kafka, brokers: localhost, topics: clicks, group: g, share: true }';
  const sqlite = '{ type: sqlite, path: o.db, table: t }';

  test.each<[string, Parts, string]>([
    ['Cassandra', { sinks: `{ out: ${cassandra} }` }, 'upsert: exactly-once effect'],
    // The group hears of its rows after they are committed.
    ['the only SQLite file', { sinks: `{ out: ${sqlite} }` }, 'joined: exactly-once effect'],
  ])('feeds %s, where a repeat changes nothing', (_, parts, expected) => {
    expect(promiseOf({ source: shared, ...parts })).toBe(expected);
  });

  test.each<[string, Parts, string]>([
    [
      'a window',
      {
        step: '{ type: window, tumbling: 5m, key: user, aggregations: { n: count(*) } }',
        sinks: `{ out: ${sqlite} }`,
      },
      '"step" (window) keeps state',
    ],
    [
      'a dedupe step',
      {
        step: '{ type: transform, steps: [ { dedupe: { key: id, within: 1m } } ] }',
        sinks: `{ out: ${sqlite} }`,
      },
      '"step" (transform) keeps state',
    ],
    ['a file', { sinks: '{ out: { type: file, path: o.jsonl } }' }, `"out" (file) can't take a row twice`],
    [
      'Kafka',
      { sinks: '{ out: { type: kafka, brokers: localhost, topic: t } }' },
      '"out" (kafka) can\'t take',
    ],
    ['Kafka in transactions', { sinks: `{ out: ${once} }` }, '"out" (kafka) can\'t take a row twice'],
    ['a clock', { step: clock, sinks: `{ out: ${cassandra} }` }, 'may make other rows of the same events'],
    ['no checkpoints', { sinks: `{ out: ${cassandra} }`, rest: 'checkpoint: none' }, 'with each checkpoint'],
  ])('is refused with %s', (_, parts, message) => {
    expect(() => plan({ source: shared, ...parts })).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(message),
        place: 'sources.in.share',
        hint: expect.stringContaining('take '),
      }),
    );
    expect(() => plan({ source: shared.replace(', share: true', ''), ...parts })).not.toThrow();
  });

  test('needs a group that the others can name', () => {
    const nameless = shared.replace(', group: g', '');
    expect(() => plan({ source: nameless, sinks: `{ out: ${cassandra} }` })).toThrow(
      '"share" needs a group that other processes can name: set "group"',
    );
  });

  test('has a group that no other source of the job reads as', () => {
    const reader = (topic: string, group: string) =>
      `{ type: kafka, brokers: [h1, h2], topics: ${topic}, group: ${group} }`;
    const read = (...groups: readonly string[]) => {
      const [left, right] = groups.map((group, index) => reader(`t${index}`, group));
      const text = `sources: { a: ${left}, b: ${right} }\nsinks: { out: { type: stdout, from: [a, b] } }`;
      return parseJob(readYaml(text, 'job.yaml'), { environment: {} });
    };
    expect(() => read('g', 'g')).toThrow(
      expect.objectContaining({
        message: '"b" reads as group g of h1:9092,h2:9092, as "a" does, and each would get a part',
        hint: 'give each a group of its own',
      }),
    );
    expect(read('g', 'h').sources).toHaveLength(2);
  });
});

test('explain says of each node whether it is deterministic, and of each sink what it promises, and why', () => {
  const text = explainPlan(
    plan({ step: clock, sinks: `{ out: ${cassandra}, kept: { type: file, path: o.jsonl } }` }),
  );
  expect(text).toMatch(/source +in +file +deterministic; json/);
  expect(text).toMatch(/operator +step +transform +← in +not deterministic: .*now\(\)/);
  expect(text).toMatch(/sink +out +cassandra +← step +staged, exactly once: .*\(step: .*now\(\)\)/);
  expect(text).toMatch(/sink +kept +file +← step +file, exactly once/);
});
