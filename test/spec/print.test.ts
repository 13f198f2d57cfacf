import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FlagValues } from '../../src/spec/flags/flag.ts';
import type { JobSpec } from '../../src/spec/job.ts';
import { jobFromFlags } from '../../src/spec/load.ts';
import { parseJob } from '../../src/spec/parse.ts';
import { printJob } from '../../src/spec/print.ts';
import { builtIn, type Registry } from '../../src/spec/registry.ts';
import { readYaml } from '../../src/spec/yaml.ts';
import { registry } from './components.ts';

const directory = '/here';

function ingest(flags: FlagValues, registry: Registry, environment = {}): JobSpec {
  return jobFromFlags('ingest', flags, { environment, directory, registry });
}

function readBack(spec: JobSpec, registry: Registry, environment = {}): JobSpec {
  return parseJob(readYaml(printJob(spec, registry), '/elsewhere/job.yaml'), { environment, registry });
}

const durations = fc.constantFrom('0', '500ms', '5s', '90s', '1m', '1h', '1d', '1234');
const counts = fc.integer({ min: 1, max: 1e9 }).map(String);
const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,8}$/);
const strange = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => text.trim() !== '');

const sourceUris = fc.oneof(
  fc.constant('-'),
  word.map((name) => `dir/${name}.csv`),
  fc
    .record({ topic: word, group: strange, unit: fc.constantFrom('ms', 's') })
    .map(
      ({ topic, group, unit }) =>
        `kafka://h1:9092,h2:9092/${topic}?group=${encodeURIComponent(`g${group}`)}&time_unit=${unit}`,
    ),
);
const sinkUris = fc.oneof(
  fc.constant('-'),
  fc
    .record({ file: strange, table: word })
    .map(({ file, table }) => `sqlite:${encodeURIComponent(file)}#${table}`),
  word.map((table) => `cassandra://h:9042/ks.${table}?ttl=1d`),
);

const flagLines = fc.record(
  {
    from: fc.tuple(sourceUris),
    to: fc.tuple(sinkUris),
    name: word,
    time: strange,
    where: strange,
    key: fc.array(word, { minLength: 1, maxLength: 3 }),
    watermark: durations,
    'batch-size': counts,
    'flush-interval': durations,
    'max-concurrency': counts,
    backpressure: fc.constantFrom('block', 'drop_oldest', 'drop_newest'),
    'queue-threshold': counts,
    'sink-timeout': durations,
    'max-retries': fc.nat().map(String),
    'retry-delay': durations,
    'max-errors': fc.constantFrom('0', '10', '5%', '0.5%'),
    checkpoint: fc.constantFrom('none', 'sqlite', 'sqlite:ck.db'),
    'metrics-port': fc.constant('9100'),
    limit: counts,
    'exit-at-end': fc.boolean(),
    format: fc.constantFrom('json', 'csv', 'text'),
  },
  { requiredKeys: ['from', 'to'] },
);

describe('a printed job, read back, is the same job', () => {
  test('for any flags', () => {
    fc.assert(
      fc.property(flagLines, (flags) => {
        const spec = ingest(flags, registry);
        expect(readBack(spec, registry)).toEqual(spec);
      }),
      { numRuns: 150 },
    );
  });

  test.each(builtIn.sources.flatMap(({ examples }) => examples))('from %s', (uri) => {
    const spec = ingest({ from: [uri], to: ['-'] }, builtIn);
    expect(readBack(spec, builtIn)).toEqual(spec);
  });

  test.each(builtIn.sinks.flatMap(({ examples }) => examples))('to %s', (uri) => {
    const spec = ingest({ from: ['-'], to: [uri] }, builtIn);
    expect(readBack(spec, builtIn)).toEqual(spec);
  });

  test.each(builtIn.operators.flatMap(({ examples }) => examples))('through %s', (operator) => {
    const [, inputs = 'in'] = /from: \[([^\]]*)\]/.exec(operator) ?? [];
    const sources = inputs.split(', ').map((name) => `${name}: { type: stdin, time: at }`);
    const text = `sources: { ${sources.join(', ')} }\noperators: { it: ${operator} }\nsinks: { out: { type: stdout } }\n`;
    const spec = parseJob(readYaml(text, '/here/job.yaml'), { environment: {}, registry: builtIn });
    expect(readBack(spec, builtIn)).toEqual(spec);
  });
});

test('a printed job leaves out what goes without saying', () => {
  const spec = ingest({ from: ['events.csv'], to: ['sqlite:out.db'], 'flush-interval': '90s' }, registry);
  expect(printJob({ ...spec, name: 'job' }, registry)).toBe(`name: job
sources:
  source:
    type: file
    path: /here/events.csv
    format: csv
sinks:
  sink:
    type: sqlite
    from: [source]
    path: /here/out.db
    format: json
flush_interval: 90s
`);
});
