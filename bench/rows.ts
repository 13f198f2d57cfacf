import { join } from 'node:path';
import { fastestInFlight } from './in-flight.ts';
import type { Cost, Program } from './measure.ts';
import type { Stage } from './stage.ts';
import { EVENTS_TABLE, emptyTable } from './tables.ts';

/** The programs of a row; each call makes the program of one run, which writes to its working directory. */
export interface Sides {
  subject(): Program;
  baseline(): Program;
  /** Before each run of either, not measured. */
  reset?(): Promise<void>;
}

/** How fast the subject is against the baseline on the same events, as a ratio of their times: at least `target`. */
export interface Comparison {
  readonly name: string;
  readonly against: string;
  readonly target: number;
  /** The share, or multiple, of the events asked for. */
  readonly scale: number;
  sides(stage: Stage, events: number): Promise<Sides>;
}

/** A figure of a program by itself: at most `limit`. */
export interface Limit {
  readonly name: string;
  readonly limit: number;
  readonly unit: 'ms' | 'ns' | 'MB';
  readonly scale: number;
  figure(cost: Cost): number;
  program(stage: Stage, events: number): Promise<() => Program>;
}

const bare = (name: string) => join(import.meta.dirname, 'programs', `bare-${name}.ts`);
const sluice = join(import.meta.dirname, '..', 'bin', 'run.js');

let runs = 0;
/** A command that ends at its input's end and prints its summary, under a name that no run had before. */
function job(command: string, from: string, ...rest: string[]): Program {
  const name = `bench-${process.pid}-${++runs}`;
  const quiet = rest.includes('--dashboard') ? [] : ['--dashboard', 'never'];
  const source = from.startsWith('kafka:') ? `${from}?group=${name}` : from;
  return [sluice, command, '--from', source, ...rest, '--name', name, '--exit-at-end', '--json', ...quiet];
}

const filterAndSet = ['--where', 'value > 100', '--set', 'double=value * 2'];
const byUser = [
  '--time',
  'timestamp',
  '--key',
  'user_id',
  '--agg',
  'events=count(*)',
  '--agg',
  'total=sum(value)',
];
const byDigit = [
  '--time',
  'timestamp',
  '--key',
  'id % 10 AS digit',
  '--agg',
  'events=count(*)',
  '--agg',
  'total=sum(value)',
];
const SIX_HOURS = 6 * 3_600_000;
const tumbling = ['--tumbling', '5m', ...byUser];
const sliding = ['--sliding', '1h', '--every', '5m', ...byUser];
const toFile = ['--to', 'file:out.jsonl'];
const toSqlite = ['--to', 'sqlite:out.db#views'];

/** A command on the topic of `events` events, to be run any number of times. */
async function fromKafka(stage: Stage, events: number, command: string, ...rest: string[]) {
  const { kafka, topic } = await stage.topic(events);
  return () => job(command, `kafka://${kafka}/${topic}`, ...rest);
}

async function bareConsume(stage: Stage, events: number): Promise<() => Program> {
  const { kafka, topic } = await stage.topic(events);
  return () => [bare('consume'), kafka, topic];
}

/** The two halves of the events joined by user, against all of them in windows by user. */
async function joinOfHalves(stage: Stage, events: number, ...kind: string[]): Promise<Sides> {
  const [a, b] = await stage.halves(events);
  const lines = await stage.lines(events);
  const on = ['--time', 'timestamp', '--on', 'a.user_id = b.user_id'];
  const select = ['--select', 'a.id, b.id AS other, a.value + b.value AS total'];
  return {
    subject: () => job('join', `a=file:${a}`, '--from', `b=file:${b}`, ...on, ...kind, ...select, ...toFile),
    baseline: () => job('window', `file:${lines}`, ...tumbling, ...toFile),
  };
}

/** By user, from a file, on the same events as a tumbling window. */
function againstTumbling(name: string, command: string, ...rest: string[]): Comparison {
  return {
    name,
    against: 'tumbling 5 min',
    target: 0.6,
    scale: 1,
    sides: async (stage, events) => {
      const lines = `file:${await stage.lines(events)}`;
      const by = ['--time', 'timestamp', '--key', 'user_id'];
      return {
        subject: () => job(command, lines, ...by, ...rest, ...toFile),
        baseline: () => job('window', lines, ...tumbling, ...toFile),
      };
    },
  };
}

export const comparisons: readonly Comparison[] = [
  {
    name: 'Kafka → filter + set → file',
    against: 'kafkajs eachBatch + JSON.parse',
    target: 0.65,
    scale: 1,
    sides: async (stage, events) => ({
      subject: await fromKafka(stage, events, 'transform', ...filterAndSet, ...toFile),
      baseline: await bareConsume(stage, events),
    }),
  },
  {
    name: 'Kafka → tumbling 5 min → SQLite',
    against: 'kafkajs eachBatch + JSON.parse',
    target: 0.55,
    scale: 1,
    sides: async (stage, events) => ({
      subject: await fromKafka(stage, events, 'window', ...tumbling, ...toSqlite),
      baseline: await bareConsume(stage, events),
    }),
  },
  {
    name: 'Kafka → sliding 1 h every 5 min → SQLite',
    against: 'tumbling 5 min',
    target: 0.8,
    scale: 1,
    sides: async (stage, events) => ({
      subject: await fromKafka(stage, events, 'window', ...sliding, ...toSqlite),
      baseline: await fromKafka(stage, events, 'window', ...tumbling, ...toSqlite),
    }),
  },
  {
    name: 'sliding 1 h every 1 s, 10 keys, 6 h',
    against: 'tumbling 5 min',
    target: 0.5,
    scale: 1,
    sides: async (stage, events) => {
      const lines = await stage.lines(events, SIX_HOURS / events);
      const window = (...size: string[]) => job('window', `file:${lines}`, ...size, ...byDigit, ...toFile);
      return {
        subject: () => window('--sliding', '1h', '--every', '1s'),
        baseline: () => window('--tumbling', '5m'),
      };
    },
  },
  againstTumbling('detect z-scores of 1 h', 'detect', '--zscore', 'value', '--window', '1h'),
  againstTumbling(
    'detect bursts in 30 s',
    'detect',
    '--pattern',
    "COUNT(*) > 10 IN 30s WHERE action = 'click'",
  ),
  {
    name: 'join within 2 min, 10,000 keys',
    against: 'tumbling 5 min',
    target: 0.6,
    scale: 1,
    sides: (stage, events) => joinOfHalves(stage, events, '--window', '2m'),
  },
  {
    name: 'join as of, 10,000 keys',
    against: 'tumbling 5 min',
    target: 0.6,
    scale: 1,
    sides: (stage, events) => joinOfHalves(stage, events, '--type', 'as-of'),
  },
  {
    name: 'Kafka → Cassandra',
    against: 'prepared inserts, best in flight',
    target: 0.9,
    scale: 0.2,
    sides: async (stage, events) => {
      const { cassandra, localDatacenter } = await stage.servers();
      const reset = () => emptyTable(cassandra, localDatacenter);
      const insert = [bare('insert'), cassandra, localDatacenter, EVENTS_TABLE, String(events)];
      await reset();
      const inFlight = await fastestInFlight(insert, stage.dir);
      const to = ['--to', `cassandra://${cassandra}/${EVENTS_TABLE}?dc=${localDatacenter}`];
      return {
        subject: await fromKafka(stage, events, 'ingest', ...to),
        baseline: () => [...insert, String(inFlight)],
        reset,
      };
    },
  },
  {
    name: 'file → filter → file',
    against: 'readline + JSON.parse + JSON.stringify',
    target: 0.5,
    scale: 1,
    sides: async (stage, events) => {
      const lines = await stage.lines(events);
      return {
        subject: () => job('transform', `file:${lines}`, '--where', 'value > 100', ...toFile),
        baseline: () => [bare('lines'), lines, 'out.jsonl'],
      };
    },
  },
  {
    name: 'checkpoint every 10 s',
    against: 'checkpoint none',
    target: 0.9,
    scale: 10,
    sides: async (stage, events) => {
      const windows = ['window', ...tumbling, ...toFile] as const;
      return {
        subject: await fromKafka(stage, events, ...windows, '--checkpoint-interval', '10s'),
        baseline: await fromKafka(stage, events, ...windows, '--checkpoint', 'none'),
      };
    },
  },
  {
    name: 'dashboard',
    against: 'no dashboard',
    target: 0.97,
    scale: 1,
    sides: async (stage, events) => {
      const transform = ['transform', ...filterAndSet, ...toFile] as const;
      return {
        subject: await fromKafka(stage, events, ...transform, '--dashboard', 'always'),
        baseline: await fromKafka(stage, events, ...transform, '--dashboard', 'never'),
      };
    },
  },
];

export const limits: readonly Limit[] = [
  {
    name: 'peak RSS, stateless, 10 times the events',
    limit: 300,
    unit: 'MB',
    scale: 10,
    figure: ({ peakRssMb }) => peakRssMb,
    program: (stage, events) => fromKafka(stage, events, 'transform', ...filterAndSet, ...toFile),
  },
  {
    name: 'peak RSS, stateless',
    limit: 300,
    unit: 'MB',
    scale: 1,
    figure: ({ peakRssMb }) => peakRssMb,
    program: (stage, events) => fromKafka(stage, events, 'transform', ...filterAndSet, ...toFile),
  },
  {
    name: 'a filter with two comparisons, an event',
    limit: 30,
    unit: 'ns',
    scale: 1,
    figure: ({ nanoseconds = Number.NaN }) => nanoseconds,
    program: async () => () => [join(import.meta.dirname, 'programs', 'filter-step.ts')],
  },
  {
    name: 'sluice --version',
    limit: 200,
    unit: 'ms',
    scale: 0,
    figure: ({ seconds }) => seconds * 1000,
    program: async () => () => [sluice, '--version'],
  },
];
