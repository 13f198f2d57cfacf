import type { CounterTotals, JobStatus, NodeSnapshot, Snapshot } from './snapshot.ts';

const SECOND = 1000;

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** One metric, and how its samples follow from a snapshot; without samples it is left out. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  samples(snapshot: Snapshot): readonly Sample[];
}

const statuses: readonly JobStatus[] = [
  'starting',
  'running',
  'paused',
  'waiting',
  'draining',
  'finished',
  'drained',
  'failed',
];

/**
 * All but the histogram of latencies. Counters are of this run, from 0: the totals of a checkpoint are below what was
 * counted up to a crash, and Prometheus takes all that a counter shows after it has shrunk for new.
 */
export const metrics: readonly Metric[] = [
  {
    name: 'sluice_job_info',
    help: 'What there is to say of the job; always 1.',
    type: 'gauge',
    samples: ({ guarantee }) => [[{ guarantee }, 1]],
  },
  {
    name: 'sluice_job_status',
    help: '1 for what the job does now, 0 for what it does not.',
    type: 'gauge',
    samples: ({ status }) => statuses.map((each) => [{ status: each }, Number(each === status)]),
  },
  {
    name: 'sluice_uptime_seconds',
    help: 'How long this run has lasted.',
    type: 'gauge',
    samples: ({ uptimeMs }) => [[{}, uptimeMs / SECOND]],
  },
  counted('sluice_events_read_total', 'Events taken from a source, bad ones too.', 'in', 'source'),
  counted('sluice_events_written_total', 'Rows that a sink has acknowledged.', 'out', 'sink'),
  counted('sluice_node_events_in_total', 'Events that came into a node.', 'in'),
  counted('sluice_node_events_out_total', 'Events that left a node.', 'out'),
  counted('sluice_events_filtered_total', 'Events that a condition left out.', 'filtered', 'operator'),
  counted('sluice_events_late_total', 'Events that came after their windows had closed.', 'late', 'operator'),
  counted('sluice_events_dropped_total', 'Events that backpressure dropped.', 'dropped', 'source'),
  counted(
    'sluice_events_skipped_total',
    'Events that could not be handled and were skipped, as on_error says.',
    'skipped',
  ),
  counted(
    'sluice_dead_letters_total',
    'Events that could not be handled and are kept as dead letters.',
    'deadLetters',
  ),
  ofNodes('counter', 'sluice_sink_retries_total', 'Writes tried again, as the server asked.', (node) =>
    node.kind === 'sink' ? node.retries : null,
  ),
  ofNodes(
    'gauge',
    'sluice_queue_depth',
    'Events waiting in a source, or rows waiting for a sink to acknowledge them.',
    (node) => (node.kind === 'operator' ? null : node.queueDepth),
  ),
  {
    name: 'sluice_queue_threshold',
    help: 'Events waiting in all sources at which backpressure begins.',
    type: 'gauge',
    samples: ({ queueThreshold }) => [[{}, queueThreshold]],
  },
  ofNodes('gauge', 'sluice_state_keys', 'Keys that an operator holds in state.', (node) => node.stateKeys),
  ofNodes(
    'gauge',
    'sluice_watermark_delay_seconds',
    'How far the watermark of a node is behind the newest event time.',
    (node) => (node.watermarkLagMs === null ? null : node.watermarkLagMs / SECOND),
  ),
  {
    name: 'sluice_error_ratio',
    help: 'Dead letters and skipped events of the job as a share of the events read, at most 1.',
    type: 'gauge',
    samples: ({ errorRate }) => [[{}, errorRate / 100]],
  },
  {
    name: 'sluice_kafka_lag',
    help: 'Records of a Kafka partition behind the last one read.',
    type: 'gauge',
    samples: kafkaLag,
  },
  {
    name: 'sluice_source_unreachable',
    help: '1 while the server of a partition does not answer.',
    type: 'gauge',
    samples: ({ partitions }) =>
      partitions.map(({ source, partition, status }) => [
        { source, partition },
        Number(status === 'unreachable'),
      ]),
  },
  ofCheckpoint('counter', 'sluice_checkpoints_total', 'Checkpoints saved by this run.', ({ count }) => count),
  ofCheckpoint(
    'gauge',
    'sluice_checkpoint_last_timestamp_seconds',
    'When the newest checkpoint was saved, in seconds since 1970.',
    ({ lastAt }) => (lastAt === null ? null : lastAt / SECOND),
  ),
  ofCheckpoint(
    'gauge',
    'sluice_checkpoint_duration_seconds',
    'How long the newest checkpoint took.',
    ({ lastDurationMs }) => (lastDurationMs === null ? null : lastDurationMs / SECOND),
  ),
  ofCheckpoint(
    'gauge',
    'sluice_checkpoint_size_bytes',
    'How large the newest checkpoint is.',
    ({ lastBytes }) => lastBytes,
  ),
  {
    name: 'process_cpu_seconds_total',
    help: 'Processor time of the process, in user and system mode.',
    type: 'counter',
    samples: () => [[{}, cpuSeconds(process.cpuUsage())]],
  },
  {
    name: 'process_resident_memory_bytes',
    help: 'Memory of the process that is in use.',
    type: 'gauge',
    samples: () => [[{}, process.memoryUsage.rss()]],
  },
];

/** What this run has counted, at each node or at those of one kind. */
function counted(
  name: string,
  help: string,
  field: keyof CounterTotals,
  kind?: NodeSnapshot['kind'],
): Metric {
  return ofNodes('counter', name, help, (node) =>
    kind === undefined || node.kind === kind ? node[field] - node.before[field] : null,
  );
}

/** A sample for each node that has a value. */
function ofNodes(
  type: Metric['type'],
  name: string,
  help: string,
  value: (node: NodeSnapshot) => number | null,
): Metric {
  return {
    name,
    help,
    type,
    samples: ({ nodes }) =>
      nodes.flatMap((node) => {
        const figure = value(node);
        return figure === null ? [] : [[{ node: node.name, type: node.type }, figure] as const];
      }),
  };
}

function ofCheckpoint(
  type: Metric['type'],
  name: string,
  help: string,
  value: (figures: NonNullable<Snapshot['checkpoint']>) => number | null,
): Metric {
  return {
    name,
    help,
    type,
    samples({ checkpoint }) {
      const figure = checkpoint === null ? null : value(checkpoint);
      return figure === null ? [] : [[{}, figure]];
    },
  };
}

function kafkaLag({ nodes, partitions }: Snapshot): Sample[] {
  const kafka = new Set(nodes.filter((node) => node.type === 'kafka').map((node) => node.name));
  return partitions.flatMap(({ source, partition: id, lag }) => {
    if (lag === null || !kafka.has(source)) return [];
    const slash = id.lastIndexOf('/');
    return [[{ source, topic: id.slice(0, slash), partition: id.slice(slash + 1) }, lag] as const];
  });
}

function cpuSeconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6;
}
