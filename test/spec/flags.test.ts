import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FlagValues, JobCommand } from '../../src/spec/flags/flag.ts';
import { flagsOf } from '../../src/spec/flags/table.ts';
import { jobFromFile, jobFromFlags, jobFromSpec } from '../../src/spec/load.ts';
import { registry } from './components.ts';
import { complaints } from './read.ts';

const options = { environment: {}, directory: '/here', registry };
const job = (command: JobCommand, flags: FlagValues) =>
  jobFromFlags(command, { from: ['-'], to: ['-'], ...flags }, options);

function jobfile(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-job-')), 'job.yaml');
  writeFileSync(file, text);
  return file;
}

describe('flags', () => {
  test('make the same spec as the jobfile that says the same', () => {
    const file = jobfile(`
name: ingest-events
sources:
  source: { type: kafka, brokers: [h1:9092, h2:9092], topics: [a, b], group: g, time: at, watermark: 5s }
sinks:
  sink:
    { type: cassandra, hosts: c:9042, table: ks.events, ttl: 1d, create_table: true, schema: a text,
      partition_key: a, clustering_key: [b, c], columns: { city: address.city }, key: [a, b] }
batch_size: 500
max_errors: 5%
checkpoint: { store: { path: /here/ck.db }, interval: 10s }
backpressure: { strategy: drop_oldest, threshold: 1000 }
metrics: { port: 9100 }
`);
    const flags = {
      from: ['kafka://h1:9092,h2:9092/a,b?group=g'],
      to: ['cassandra://c:9042/ks.events'],
      name: 'ingest-events',
      time: 'at',
      watermark: '5s',
      key: ['a,b'],
      ttl: '1d',
      'create-table': true,
      schema: 'a text',
      'partition-key': ['a'],
      'clustering-key': ['b', 'c'],
      column: ['city=address.city'],
      'batch-size': '500',
      'max-errors': '5%',
      checkpoint: 'sqlite:ck.db',
      'checkpoint-interval': '10s',
      backpressure: 'drop_oldest',
      'queue-threshold': '1000',
      'metrics-port': '9100',
    };
    expect(job('ingest', flags)).toEqual(jobFromFile(file, {}, options));
  });

  test('stand above a jobfile', () => {
    const file = jobfile(
      'sources: { in: { type: stdin } }\nsinks: { out: { type: stdout } }\nlimit: 5\nbatch_size: 7\n',
    );
    const spec = jobFromFile(file, { limit: '9', time: 'at', set: ['sinks.out.batch_size=3'] }, options);
    expect(spec).toMatchObject({
      limit: 9,
      batch_size: 7,
      sinks: [{ batch_size: 3 }],
      sources: [{ time: 'at' }],
    });
  });

  test('change the only source of a jobfile without its name, and one of several by its name', () => {
    const one = jobfile(
      'sources: { in: { type: file, path: a, time: at } }\nsinks: { out: { type: stdout } }\n',
    );
    expect(jobFromFile(one, { from: ['b.jsonl'] }, options).sources).toMatchObject([
      { name: 'in', time: 'at', options: { path: '/here/b.jsonl' } },
    ]);
    const two = jobfile(
      'sources: { a: { type: file, path: a }, b: { type: file, path: b } }\nsinks: { out: { type: stdout, from: [a, b] } }\n',
    );
    expect(jobFromFile(two, { from: ['b=-'] }, options).sources.map((source) => source.type)).toEqual([
      'file',
      'stdin',
    ]);
    expect(complaints(() => jobFromFile(two, { from: ['-'] }, options))).toEqual([
      '--from: the job has several sources; name one: --from a=URI',
    ]);
  });

  test('are laid over the spec out of a checkpoint, whose secrets stay', () => {
    const spec = job('ingest', { to: ['cassandra://h/a.b'], set: ['sinks.sink.password=plain'] });
    const recovered = jobFromSpec(spec, { 'metrics-port': '9100' }, options);
    expect(recovered).toEqual({
      ...spec,
      metrics: { host: '127.0.0.1', port: 9100, path: '/stream-metrics' },
    });
  });

  test('of repeated endpoints name them, or number them', () => {
    const { sources, sinks } = job('ingest', {
      from: ['orders=a.jsonl', 'b.csv'],
      set: ['sinks.sink.from=[orders, source2]'],
    });
    expect(sources.map(({ name, format }) => [name, format])).toEqual([
      ['orders', 'json'],
      ['source2', 'csv'],
    ]);
    expect(sinks[0]?.from).toEqual(['orders', 'source2']);
  });
});

describe('--where', () => {
  test('filters each source before anything else reads it', () => {
    const { operators, sinks } = job('ingest', { where: 'value > 0' });
    expect(operators).toMatchObject([
      {
        name: 'source_where',
        type: 'transform',
        from: ['source'],
        options: { steps: [{ filter: 'value > 0' }] },
      },
    ]);
    expect(sinks[0]?.from).toEqual(['source_where']);
  });

  test('has the place of its flag when it is wrong', () => {
    expect(complaints(() => job('ingest', { where: '' }))[0]).toMatch(/^--where: /);
  });
});

describe('transform', () => {
  test('sets fields, then selects, then drops, whatever the order of the flags', () => {
    const { operators } = job('transform', { drop: ['d'], select: ['a,b', 'd'], set: ['a=b = c', 'x=1'] });
    expect(operators[0]?.options.steps).toEqual([
      { set: { a: 'b = c' } },
      { set: { x: '1' } },
      { select: ['a', 'b', 'd'] },
      { drop: ['d'] },
    ]);
  });

  test('takes --set for an option of the job where its path begins with a part of the jobfile', () => {
    const { operators, sinks, checkpoint } = job('transform', {
      set: ['limit=1', 'sinks.sink.batch_size=3', 'checkpoint.keep=9'],
    });
    expect(operators[0]?.options.steps).toEqual([{ set: { limit: '1' } }]);
    expect(sinks[0]?.batch_size).toBe(3);
    expect(checkpoint?.keep).toBe(9);
  });
});

describe('--set', () => {
  test.each([
    ['limit=5', { limit: 5 }],
    ['exit_at_end=true', { exit_at_end: true }],
    ['checkpoint=none', { checkpoint: null }],
    ['checkpoint.store.path=/x.db', { checkpoint: { store: { path: '/x.db' } } }],
    ['metrics={ port: 9100 }', { metrics: { port: 9100 } }],
    ['sources.source.time=a: b', { sources: [{ time: 'a: b' }] }],
    ['sources.source.time=a=b', { sources: [{ time: 'a=b' }] }],
  ])('%s', (set, expected) => {
    expect(job('ingest', { set: [set] })).toMatchObject(expected);
  });
});

test('a default name is the same for the same nodes, and another for others', () => {
  const name = (flags: FlagValues) => job('ingest', flags).name;
  expect(name({})).toMatch(/^ingest-stdin-[0-9a-f]{6}$/);
  expect(name({ limit: '5' })).toBe(name({}));
  expect(name({ to: ['sqlite:x.db'] })).not.toBe(name({}));
});

test('every flag of a command is there once', () => {
  for (const command of ['ingest', 'transform', 'run', 'recover'] as const) {
    const names = flagsOf(command).map((flag) => flag.name);
    expect(new Set(names).size).toBe(names.length);
  }
});
