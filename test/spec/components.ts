import { z } from 'zod';
import { defineOperator, defineSink, defineSource } from '../../src/component/define.ts';
import { duration, names, seconds } from '../../src/component/options.ts';
import type { Registry } from '../../src/spec/registry.ts';

/** Components with every sort of option there is, and nothing behind them. */

const unbuilt = () => Promise.reject(new Error('these components are only described'));

const connection = {
  brokers: names('must be a list of host:port').describe('Brokers to start from, host:port'),
  sasl: z
    .strictObject({
      username: z.string(),
      password: z.string().meta({ secret: true }),
      mechanism: z.enum(['plain', 'scram-sha-256']).default('plain'),
    })
    .optional(),
};

const queue = defineSource({
  kind: 'source',
  type: 'kafka',
  summary: 'records of topics',
  options: z.strictObject({
    ...connection,
    topics: names('must be a topic or a list of topics').describe('the topics to read'),
    group: z.string().optional(),
    poll_timeout: duration().prefault('1s'),
  }),
  examples: ['kafka://localhost:9092/clicks?group=g'],
  replayable: true,
  hasTimestamps: true,
  fromUri: (uri) => ({ ...(uri.authority && { brokers: uri.authority }), topics: uri.path, ...uri.query }),
  fromEnvironment: ({ KAFKA_BOOTSTRAP_SERVERS, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD }) => ({
    brokers: KAFKA_BOOTSTRAP_SERVERS,
    sasl: KAFKA_SASL_USERNAME && { username: KAFKA_SASL_USERNAME, password: KAFKA_SASL_PASSWORD },
  }),
  build: unbuilt,
});

const file = defineSource({
  kind: 'source',
  type: 'file',
  summary: 'lines of files',
  options: z.strictObject({
    path: z.string().min(1).meta({ path: true }).describe('the file to read'),
    follow: z.boolean().default(false),
  }),
  examples: ['file:events.jsonl'],
  replayable: true,
  hasTimestamps: false,
  fromUri: (uri) => ({ path: uri.path, ...uri.query }),
  guessFormat: ({ path }) => (path.endsWith('.csv') ? 'csv' : undefined),
  build: unbuilt,
});

const stdin = defineSource({
  kind: 'source',
  type: 'stdin',
  summary: 'standard input',
  options: z.strictObject({}),
  examples: ['-'],
  replayable: false,
  hasTimestamps: false,
  fromUri: () => ({}),
  build: unbuilt,
});

const transform = defineOperator({
  kind: 'operator',
  type: 'transform',
  summary: 'filters and changes events',
  options: z.strictObject({
    steps: z
      .array(
        z.strictObject({
          filter: z.string().min(1).optional(),
          set: z.record(z.string(), z.string()).optional(),
          select: names().optional(),
          drop: names().optional(),
        }),
      )
      .min(1),
  }),
  examples: ['{ type: transform, steps: [{ filter: value > 0 }] }'],
  ports: [],
  needsTime: false,
  keepsState: () => false,
  deterministic: () => true,
  build: unbuilt,
});

const window = defineOperator({
  kind: 'operator',
  type: 'window',
  summary: 'counts in windows',
  options: z.strictObject({ tumbling: duration().optional() }),
  examples: ['{ type: window, tumbling: 5m }'],
  ports: ['late'],
  needsTime: true,
  keepsState: () => true,
  deterministic: () => true,
  build: unbuilt,
});

const cassandra = defineSink({
  kind: 'sink',
  type: 'cassandra',
  summary: 'rows of a table',
  options: z.strictObject({
    hosts: names(),
    table: z.string().regex(/^\w+\.\w+$/, 'must be keyspace.table'),
    username: z.string().optional(),
    password: z.string().meta({ secret: true }).optional(),
    ttl: seconds().optional(),
    create_table: z.boolean().default(false),
    schema: z.string().optional(),
    partition_key: names().optional(),
    clustering_key: names().optional(),
    columns: z.record(z.string(), z.string()).optional(),
  }),
  examples: ['cassandra://localhost:9042/ks.table'],
  fromUri: (uri) => ({ hosts: uri.authority, table: uri.path, ...uri.query }),
  fromEnvironment: ({ CASSANDRA_PASSWORD }) => ({ password: CASSANDRA_PASSWORD }),
  mode: () => 'upsert',
  target: ({ hosts, table }) => `${hosts}/${table}`,
  build: unbuilt,
});

const sqlite = defineSink({
  kind: 'sink',
  type: 'sqlite',
  summary: 'rows of a table in a file',
  options: z.strictObject({
    path: z.string().min(1).meta({ path: true }).describe('the database file'),
    table: z.string().default('events'),
  }),
  examples: ['sqlite:out.db#events'],
  fromUri: (uri) => ({ path: uri.path, ...(uri.fragment && { table: uri.fragment }), ...uri.query }),
  mode: () => 'joined',
  target: ({ path, table }) => `${path}#${table}`,
  build: unbuilt,
});

const stdout = defineSink({
  kind: 'sink',
  type: 'stdout',
  summary: 'standard output',
  options: z.strictObject({}),
  examples: ['-'],
  fromUri: () => ({}),
  mode: () => 'direct',
  target: () => 'stdout',
  build: unbuilt,
});

export const registry: Registry = {
  sources: [queue, file, stdin],
  operators: [transform, window],
  sinks: [cassandra, sqlite, stdout],
};
