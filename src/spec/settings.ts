import { z } from 'zod';
import { cassandraConnection, connectionFromUri } from '../clients/cassandra/options.ts';
import { duration, names } from '../component/options.ts';
import { parseUri } from '../component/uri.ts';
import { SpecError } from '../errors.ts';
import { typeNames } from '../expression/resolve.ts';
import { deadLetters } from './dead-letters.ts';
import type { JobDocument, Place } from './document.ts';
import { tableName, whole } from './fields.ts';
import { jobName, jobNameRule } from './names.ts';
import { jobTest } from './tests.ts';

/** The options of a job, and those that all sources, all operators or all sinks have in common. */

const count = () => whole().min(1);
const port = () => whole().min(1).max(65_535);

const backpressure = z.strictObject({
  threshold: count().default(10_000).describe("events in a source's queue at which the strategy begins"),
  strategy: z
    .enum(['block', 'drop_oldest', 'drop_newest'])
    .default('block')
    .describe('what to do with more events than the job can take'),
});

const sqliteStore = z.strictObject({
  type: z.literal('sqlite').default('sqlite').describe('a file, and nothing to install'),
  path: z.string().min(1).nullable().default(null).meta({ path: true }).describe('the file'),
});

/** Who may log in is said by the environment alone, so that no checkpoint ever holds a password. */
const { username: _, password: __, ...connection } = cassandraConnection;

const cassandraStore = z.strictObject({
  type: z.literal('cassandra').describe('tables that outlive this machine'),
  ...connection,
  keyspace: tableName.describe('the keyspace of the tables, created when missing'),
});

/** The short spellings, `sqlite:job.db` and `cassandra://host/keyspace`, are spelled out by `expandStore`. */
const storeSpelling = z.union([
  cassandraStore,
  sqliteStore,
  z.string().regex(/^sqlite(:.+)?$/, 'must be sqlite, sqlite:PATH or cassandra://HOST/KEYSPACE'),
]);

const none = z.literal('none').transform(() => null);

const checkpoint = z.strictObject({
  interval: duration().prefault('30s').describe('the time between two checkpoints'),
  keep: count().default(3).describe('how many checkpoints are kept'),
  store: storeSpelling.prefault({}).describe('where checkpoints are kept'),
  table: tableName
    .nullable()
    .default(null)
    .describe('the table of checkpoints: sluice_checkpoints, in Cassandra stream_checkpoints, if left out'),
  state_table: tableName
    .nullable()
    .default(null)
    .describe('the table of keyed state: sluice_state, in Cassandra stream_state, if left out'),
});

const metrics = z.strictObject({
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('the address it is served on; 0.0.0.0 lets other machines read it'),
  port: port().default(9091).describe('the port that Prometheus reads'),
  path: z
    .string()
    .regex(/^\//, 'must be a path such as /stream-metrics')
    .default('/stream-metrics')
    .describe('where the figures are'),
});

const budgetRule = 'must be a number of events or a percentage such as 5%';
const maxErrors = z
  .union(
    [
      z.number(budgetRule).int(budgetRule).nonnegative(budgetRule),
      z.string(budgetRule).regex(/^\d+(\.\d+)?%?$/, budgetRule),
      z.strictObject({ count: z.number().int().nonnegative() }),
      z.strictObject({ percent: z.number().min(0).max(100) }),
    ],
    budgetRule,
  )
  .transform((given) => {
    if (typeof given === 'object') return given;
    const text = String(given);
    return text.endsWith('%') ? { percent: Number(text.slice(0, -1)) } : { count: Number(text) };
  });

export const settings = z.strictObject({
  name: z
    .string()
    .regex(jobName, jobNameRule)
    .optional()
    .describe("the job's name; made from what it reads if left out"),
  batch_size: count().default(1000).describe('the most events in a batch'),
  flush_interval: duration().prefault('5s').describe('the longest that a batch waits to be full'),
  max_concurrency: count().default(10).describe('the most writes in flight in one sink'),
  backpressure: backpressure.prefault({}),
  dead_letters: deadLetters.prefault({}),
  sink_timeout: duration().prefault('10m').describe('how long an unreachable sink is waited for'),
  checkpoint: z.union([none, checkpoint]).nullable().prefault({}).describe('none to run without checkpoints'),
  metrics: z.union([none, metrics]).nullable().default(null).describe('serve figures to Prometheus'),
  max_errors: maxErrors
    .nullable()
    .default(null)
    .describe('the job ends with more dead letters than this: a number or N%'),
  limit: count().nullable().default(null).describe('the job ends after this many events read'),
  exit_at_end: z.boolean().default(false).describe('end where an endless source ends at the start'),
  coordination: z
    .enum(['none', 'timestamp'])
    .default('none')
    .describe('whether sources advance together in event time'),
  tests: z.array(jobTest).default([]).describe("the jobfile's own tests"),
});

const format = z
  .enum(['json', 'csv', 'text'])
  .optional()
  .describe("how records are written; guessed from a file's name");
const type = z.string().describe('the type of the component; see sluice components');
const from = names('must be the name of a node or a list of them').optional();
const key = names('must be a field or a list of fields', { atLeast: 0 }).default([]);
const onError = z
  .enum(['dead_letter', 'skip', 'fail'])
  .default('dead_letter')
  .describe("what becomes of an event that can't be handled");
const batchSize = count().optional().describe("the most events in a batch; the job's own if left out");
const flushInterval = duration()
  .optional()
  .describe("the longest that a batch waits to be full; the job's own if left out");

export const sourceSettings = z.strictObject({
  type,
  format,
  schema: z
    .record(z.string().min(1), z.enum(typeNames))
    .optional()
    .describe('the types of fields, by name: { amount: double, at: timestamp }; CSV has text only'),
  time: z.string().min(1).nullable().default(null).describe('the field with the event time'),
  time_unit: z.enum(['ms', 's']).default('ms').describe('what a number in that field counts'),
  where: z.string().min(1).optional().describe('only events for which this expression holds'),
  watermark: duration().prefault('30s').describe('how late an event may come after newer ones'),
  idle_timeout: duration().prefault('60s').describe('how long a quiet partition holds the watermark back'),
  close_when_idle: z
    .boolean()
    .default(false)
    .describe('whether open windows close when all partitions are idle'),
  max_drift: duration()
    .prefault('10m')
    .describe('how far in event time one partition may be read ahead of the slowest'),
  batch_size: batchSize,
  flush_interval: flushInterval,
});

export const operatorSettings = z.strictObject({
  type,
  from: from.describe('the nodes it reads; the node above if left out'),
  key: key.describe('the fields that events are kept apart by'),
  on_error: onError,
  on_late: z
    .enum(['pass', 'dead_letter'])
    .default('pass')
    .describe(
      'what becomes of an event that comes too late: it leaves by the port late, or is a dead letter',
    ),
});

export const sinkSettings = z.strictObject({
  type,
  from: from.describe('the nodes it reads; the last operator, else the only source, if left out'),
  format,
  key: key.describe("the fields that identify a row; the event's own identity if left out"),
  batch_size: batchSize,
  flush_interval: flushInterval,
  on_error: onError,
});

/** Spells a short `store:` out, so that its parts are fields like any others. */
export function expandStore(document: JobDocument): void {
  const path = ['checkpoint', 'store'];
  const short = document.get(path);
  if (typeof short !== 'string') return;
  const place = document.place(path);
  const [, file] = /^sqlite(?::(.+))?$/.exec(short) ?? [];
  if (/^sqlite(:|$)/.test(short)) document.set(path, { type: 'sqlite', path: file ?? null }, place);
  if (short.startsWith('cassandra:')) document.set(path, cassandraStoreOf(short, place), place);
}

function cassandraStoreOf(text: string, place: Place): Record<string, unknown> {
  try {
    const uri = parseUri(text, 'stdout');
    return { type: 'cassandra', ...connectionFromUri(uri), keyspace: uri.path };
  } catch (error) {
    if (error instanceof SpecError) throw new SpecError(error.message, { ...place, hint: error.hint });
    throw error;
  }
}
