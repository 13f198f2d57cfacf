import { fileURLToPath } from 'node:url';
import { DISORDER } from './input.ts';

/** What the campaign is run over: each job, from each source, into each sink. */
export interface Cell {
  readonly job: keyof typeof jobs;
  readonly source: 'file' | 'kafka';
  readonly sink: 'joined' | 'upsert' | 'file' | 'cassandra' | 'kafka';
  /** Where checkpoints are kept, if not in SQLite. */
  readonly store?: 'cassandra';
}

/** What a trial has for itself: addresses, and names that no other trial has. */
export interface Surroundings {
  readonly kafka?: string;
  readonly cassandra?: string;
  readonly inputTopic?: string;
  readonly outputTopic: string;
  readonly keyspace: string;
}

interface JobUnderTest {
  readonly operators: Readonly<Record<string, object>>;
  /** The node that the sink reads. */
  readonly from: string;
  /** The fields that identify a row; empty: the event's own identity, or the window's. */
  readonly key: readonly string[];
  /** For Cassandra, which wants to be told. */
  readonly schema: string;
  readonly partitionKey: string;
  readonly clusteringKey?: string;
}

const jobs = {
  transform: {
    operators: {
      doubled: {
        type: 'transform',
        steps: [{ filter: "action <> 'buy'" }, { set: { double: 'CAST(price AS DOUBLE) * 2' } }],
      },
    },
    from: 'doubled',
    key: ['n'],
    schema: 'n int, user text, at timestamp, price text, action text, double double',
    partitionKey: 'n',
  },
  letters: {
    operators: {
      cast: {
        type: 'transform',
        steps: [{ set: { number: 'CAST(CASE WHEN n % 10 = 3 THEN action ELSE n END AS DOUBLE)' } }],
      },
    },
    from: 'cast',
    key: ['user', 'n'],
    schema: 'user text, n int, at timestamp, price text, action text, number double',
    partitionKey: 'user',
    clusteringKey: 'n',
  },
  latest: {
    operators: { slim: { type: 'transform', steps: [{ select: ['user', 'n', 'price'] }] } },
    from: 'slim',
    key: ['user'],
    schema: 'user text, n int, price text',
    partitionKey: 'user',
  },
  window: {
    operators: {
      views: {
        type: 'window',
        key: 'user',
        tumbling: '10s',
        aggregations: { clicks: 'count(*)', first: 'min(n)', last: 'max(n)' },
      },
    },
    from: 'views',
    key: [],
    schema: 'user text, window_start timestamp, window_end timestamp, clicks int, first int, last int',
    partitionKey: 'user',
    clusteringKey: 'window_start',
  },
  sessions: {
    operators: {
      visits: {
        type: 'window',
        key: 'user',
        session: '1s',
        aggregations: { clicks: 'count(*)', first: 'min(n)', last: 'max(n)' },
      },
    },
    from: 'visits',
    key: [],
    schema: 'user text, window_start timestamp, window_end timestamp, clicks int, first int, last int',
    partitionKey: 'user',
    clusteringKey: 'window_start',
  },
  process: {
    operators: {
      visits: {
        type: 'process',
        key: 'user',
        module: fileURLToPath(new URL('./visits.ts', import.meta.url)),
      },
    },
    from: 'visits',
    key: ['user', 'n'],
    schema: 'user text, n bigint, visits int, spent double',
    partitionKey: 'user',
    clusteringKey: 'n',
  },
  join: {
    operators: {
      clicks: { type: 'transform', from: 'in', steps: [{ filter: "action = 'click'" }] },
      buys: { type: 'transform', from: 'in', steps: [{ filter: "action = 'buy'" }] },
      joined: {
        type: 'join',
        from: ['buys', 'clicks'],
        on: 'buys.user = clicks.user',
        window: '1s',
        join_type: 'left',
        select: ['buys.n AS buy', 'COALESCE(clicks.n, -1) AS click', 'buys.user AS user'],
      },
    },
    from: 'joined',
    key: ['buy', 'click'],
    schema: 'buy int, click int, user text',
    partitionKey: 'buy',
    clusteringKey: 'click',
  },
  detect: {
    operators: {
      strange: {
        type: 'detect',
        from: 'in',
        key: 'user',
        zscore: 'CAST(price AS DOUBLE)',
        threshold: 1.5,
        window: '10s',
        min_samples: 5,
      },
      bursts: {
        type: 'detect',
        from: 'in',
        key: 'user',
        pattern: "COUNT(*) > 3 IN 1s WHERE action = 'click'",
      },
      alerts: {
        type: 'transform',
        from: ['strange', 'bursts'],
        steps: [
          { set: { finder: 'COALESCE(pattern, detector)' } },
          { select: ['user', 'time', 'finder', 'value', 'mean', 'score', 'count'] },
        ],
      },
    },
    from: 'alerts',
    key: ['user', 'time', 'finder'],
    schema: 'user text, time timestamp, finder text, value double, mean double, score double, count int',
    partitionKey: 'user',
    clusteringKey: 'time, finder',
  },
} satisfies Record<string, JobUnderTest>;

const jobNames = Object.keys(jobs) as (keyof typeof jobs)[];

/** Whether the cell needs no server. */
export function isEmbedded({ source, sink, store }: Cell): boolean {
  return store === undefined && source === 'file' && sink !== 'cassandra' && sink !== 'kafka';
}

/** The cells that need no server. */
export function embeddedCells(): Cell[] {
  const sinks = ['joined', 'upsert', 'file'] as const;
  return jobNames.flatMap((job) => sinks.map((sink) => ({ job, source: 'file' as const, sink })));
}

/** The cells that read or write on a server. */
export function serverCells(): Cell[] {
  return jobNames.flatMap((job) => [
    { job, source: 'file' as const, sink: 'cassandra' as const },
    { job, source: 'file' as const, sink: 'kafka' as const },
    { job, source: 'kafka' as const, sink: 'joined' as const },
    { job, source: 'kafka' as const, sink: 'file' as const },
    { job, source: 'kafka' as const, sink: 'cassandra' as const },
    { job, source: 'kafka' as const, sink: 'kafka' as const },
    { job, source: 'file' as const, sink: 'file' as const, store: 'cassandra' as const },
    { job, source: 'kafka' as const, sink: 'cassandra' as const, store: 'cassandra' as const },
  ]);
}

/** The jobfile of a cell; paths are relative to it. YAML is a superset of JSON. */
export function jobfileOf(cell: Cell, around: Surroundings): string {
  const job: JobUnderTest = jobs[cell.job];
  return JSON.stringify({
    name: 'tortured',
    sources: { in: sourceOf(cell, around) },
    operators: job.operators,
    sinks: { out: { from: job.from, ...sinkOf(cell, job, around) } },
    batch_size: 100,
    flush_interval: '20ms',
    exit_at_end: true,
    dead_letters: { retry_delay: '10ms' },
    checkpoint: {
      interval: '30ms',
      ...(cell.sink === 'upsert' && { store: 'sqlite:checkpoints.db' }),
      ...(cell.store && { store: `cassandra://${around.cassandra}/${around.keyspace}` }),
    },
  });
}

function sourceOf({ source }: Cell, { kafka, inputTopic, outputTopic }: Surroundings): object {
  const common = { format: 'json', time: 'at', watermark: `${DISORDER}ms`, batch_size: 200 };
  if (source === 'file') return { type: 'file', path: 'in.jsonl', ...common };
  return { type: 'kafka', brokers: [kafka], topics: [inputTopic], group: outputTopic, ...common };
}

function sinkOf({ sink }: Cell, job: JobUnderTest, around: Surroundings): object {
  const key = job.key.length > 0 ? { key: job.key } : {};
  switch (sink) {
    case 'joined':
    case 'upsert':
      return { type: 'sqlite', path: 'out.db', table: 'rows', ...key };
    case 'file':
      return { type: 'file', path: 'out.jsonl' };
    case 'kafka':
      return {
        type: 'kafka',
        brokers: [around.kafka],
        topic: around.outputTopic,
        guarantee: 'exactly_once',
      };
    case 'cassandra':
      return {
        type: 'cassandra',
        contact_points: [around.cassandra],
        table: `${around.keyspace}.rows`,
        create_table: true,
        schema: job.schema,
        partition_key: job.partitionKey,
        ...(job.clusteringKey !== undefined && { clustering_key: job.clusteringKey }),
      };
  }
}

export function nameOf({ job, source, sink, store }: Cell): string {
  return `${job}: ${source} → ${sink}${store === undefined ? '' : `, checkpoints in ${store}`}`;
}
