import fc from 'fast-check';
import { test } from 'vitest';
import { stringify } from 'yaml';
import { printJob } from '../../src/spec/print.ts';
import { registry } from './components.ts';
import { complaints, jobOf } from './read.ts';

const valid = `name: user-actions
sources:
  actions: { type: kafka, brokers: [localhost:9092], topics: [user-actions], time: timestamp, watermark: 30s }
  file: { type: file, path: x.jsonl, time: at }
operators:
  clean: { type: transform, from: [actions, file], steps: [{ filter: value > 0 }, { set: { a: b } }] }
  views: { type: window, key: user_id, tumbling: 5m }
sinks:
  table: { type: cassandra, hosts: h, table: a.b, ttl: 1d, password: "\${env:PASSWORD}" }
  late: { type: sqlite, from: views.late, path: late.db }
backpressure: { threshold: 10000, strategy: block }
dead_letters: { type: sqlite, max_retries: 3, retry_delay: 5s }
checkpoint: { interval: 30s, store: sqlite:x.db }
metrics: { port: 9091, path: /stream-metrics }
max_errors: 5%
`;

/** Reads it, and prints what was read: whatever the text, the end is a spec or a SpecError. */
function read(text: string): void {
  complaints(() => printJob(jobOf(text, { PASSWORD: 'x' }), registry));
}

test('a jobfile with characters changed is a job or a SpecError', () => {
  const change = fc.record({
    at: fc.nat(valid.length),
    length: fc.nat(12),
    text: fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ': ',
        '*',
        '&a ',
        '!!',
        '\n',
        '\t',
        '"',
        '<<: ',
        'null',
        '-1',
        '.inf',
      ),
    ),
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      read(
        changes.reduce(
          (text, { at, length, text: put }) => text.slice(0, at) + put + text.slice(at + length),
          valid,
        ),
      );
    }),
    { numRuns: 1000 },
  );
});

test('a jobfile with values exchanged for any others is a job or a SpecError', () => {
  const paths = [
    'name',
    'sources',
    'operators',
    'sinks',
    'batch_size',
    'flush_interval',
    'backpressure',
    'dead_letters',
    'checkpoint',
    'checkpoint.store',
    'metrics',
    'max_errors',
    'limit',
    'tests',
    'coordination',
    'sources.actions',
    'sources.actions.topics',
    'sources.actions.sasl',
    'sources.actions.where',
    'sources.actions.type',
    'operators.clean',
    'operators.clean.from',
    'operators.clean.steps',
    'operators.clean.steps.0',
    'operators.views.key',
    'sinks.table.columns',
    'sinks.table.ttl',
    'sinks.late.path',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 3 }), (path, value) => {
      const job = structuredClone(base) as Record<string, unknown>;
      const names = path.split('.');
      const parent = names.slice(0, -1).reduce((outer, name) => outer[name] as Record<string, unknown>, job);
      parent[names.at(-1)!] = value;
      read(stringify(job));
    }),
    { numRuns: 1000 },
  );
});

const base = {
  sources: { actions: { type: 'kafka', brokers: 'h', topics: 't' } },
  operators: {
    clean: { type: 'transform', steps: [{ filter: 'a' }] },
    views: { type: 'window', key: 'user_id', tumbling: '5m' },
  },
  sinks: {
    table: { type: 'cassandra', hosts: 'h', table: 'a.b' },
    late: { type: 'sqlite', from: 'views.late', path: 'late.db' },
  },
  checkpoint: { interval: '30s' },
};
