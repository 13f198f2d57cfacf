import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FlagValues } from '../../src/spec/flags/flag.ts';
import { jobFromFile, jobFromFlags } from '../../src/spec/load.ts';
import { complaints } from './read.ts';

const options = { environment: {}, directory: '/here' };

function over(text: string, flags: FlagValues) {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-job-')), 'job.yaml');
  writeFileSync(file, text);
  return jobFromFile(file, flags, options);
}

const job = `
sources:
  in: { type: kafka, brokers: h, topics: t, time: at, watermark: 7s, where: value > 1, format: csv, batch_size: 9 }
  other: { type: stdin, format: text }
sinks:
  out: { type: kafka, brokers: h, topic: t, from: in, key: id, on_error: fail, flush_interval: 1s }
  rest: { type: stdout, from: other }
`;

describe('flags over a jobfile', () => {
  test('change the type of a source, and leave it what all sources have in common', () => {
    const { sources, operators } = over(job, { from: ['in=file:b.jsonl'] });
    expect(sources[0]).toMatchObject({
      type: 'file',
      time: 'at',
      watermark: 7000,
      batch_size: 9,
      format: 'json',
    });
    expect(operators).toMatchObject([{ name: 'in_where', options: { steps: [{ filter: 'value > 1' }] } }]);
  });

  test('change the type of a sink, which reads, keys and fails as before', () => {
    const { sinks } = over(job, { to: ['out=sqlite:x.db#t'] });
    expect(sinks[0]).toMatchObject({
      type: 'sqlite',
      from: ['in_where'],
      key: ['id'],
      on_error: 'fail',
      flush_interval: 1000,
    });
  });

  test('leave a complaint about what was kept at its place in the jobfile', () => {
    const wrong = job.replace('watermark: 7s', 'watermark: never');
    expect(complaints(() => over(wrong, { from: ['in=file:b.jsonl'] }))[0]).toMatch(
      /job\.yaml:3:\d+: "watermark"/,
    );
  });

  test('stand above the batches that a node has of its own, though not above those of a URI', () => {
    const flags = { to: ['rest=stdout:?batch_size=4'], 'batch-size': '3', 'flush-interval': '9s' };
    const { batch_size, flush_interval, sources, sinks } = over(job, flags);
    expect([batch_size, flush_interval]).toEqual([3, 9000]);
    expect(sources.map((source) => source.batch_size)).toEqual([3, 3]);
    expect(sinks.map((sink) => [sink.batch_size, sink.flush_interval])).toEqual([
      [3, 9000],
      [4, 9000],
    ]);
  });

  test.each<[FlagValues, string]>([
    [
      { 'checkpoint-interval': '5s' },
      '--checkpoint-interval: no checkpoints are kept; say where: --checkpoint sqlite:PATH',
    ],
    [
      { set: ['checkpoint.interval=5s'] },
      '--set: "checkpoint" has no part "interval"; give the whole value: --set checkpoint=…',
    ],
    [{ 'metrics-path': '/x' }, '--metrics-path: no figures are served; add --metrics-port'],
  ])('turn on with %j nothing that the jobfile turns off', (flags, line) => {
    const without = `${job}checkpoint: none\nmetrics: none\n`;
    expect(complaints(() => over(without, flags))).toEqual([line]);
    const with_ = { checkpoint: 'sqlite:/x.db', 'metrics-port': '9100', ...flags };
    expect(over(without, with_)).toMatchObject({ checkpoint: {}, metrics: { port: 9100 } });
  });
});

describe('flags alone', () => {
  const ends = { from: ['-'], to: ['-'] };

  test('that keep no checkpoints take no interval between them', () => {
    const flags = { ...ends, checkpoint: 'none', 'checkpoint-interval': '5s' };
    expect(complaints(() => jobFromFlags('ingest', flags, options))).toEqual([
      '--checkpoint-interval: no checkpoints are kept; say where: --checkpoint sqlite:PATH',
    ]);
  });

  test('whose values are texts take those that look like numbers and truth values', () => {
    const flags = { ...ends, name: '2024', time: '2024', key: ['1,2'], to: ['sqlite:x.db#1999'] };
    const spec = jobFromFlags('ingest', flags, options);
    expect(spec).toMatchObject({ name: '2024', sources: [{ time: '2024' }], sinks: [{ key: ['1', '2'] }] });
    expect(jobFromFlags('ingest', { ...ends, name: 'true' }, options).name).toBe('true');
    const { operators } = jobFromFlags('detect', { ...ends, zscore: '2024', time: 'at' }, options);
    expect(operators[0]?.options).toMatchObject({ zscore: '2024' });
  });

  test.each<[string, FlagValues, string]>([
    ['window', { tumbling: '1m', time: 'at', agg: ['n=count(*)', 'n=sum(v)'] }, '--agg: "n"'],
    ['ingest', { to: ['cassandra://h/k.t'], column: ['a=b', 'a=c'] }, '--column: "a"'],
    ['transform', { lookup: ['u=users.csv?key=a', 'u=others.csv?key=b'] }, '--lookup: "u"'],
  ] as const)('of %s name nothing twice: %j', (command, flags, line) => {
    expect(complaints(() => jobFromFlags(command as 'window', { ...ends, ...flags }, options))).toEqual([
      `${line} is given twice; give each a name of its own`,
    ]);
  });
});
