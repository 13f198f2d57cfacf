import { NodeCounters } from '../../src/metrics/counters.ts';
import type { JobStatus, NodeSnapshot, Snapshot } from '../../src/metrics/snapshot.ts';

export function node(
  name: string,
  kind: NodeSnapshot['kind'],
  type: string,
  figures: Partial<NodeSnapshot> = {},
): NodeSnapshot {
  return {
    name,
    kind,
    type,
    from: [],
    in: 0,
    out: 0,
    made: 0,
    filtered: 0,
    late: 0,
    skipped: 0,
    dropped: 0,
    deadLetters: 0,
    failed: 0,
    retries: 0,
    partlyLate: 0,
    before: new NodeCounters(name, kind, type).totals(),
    inPerSecond: 0,
    outPerSecond: 0,
    queueDepth: 0,
    latencyP95: null,
    stateKeys: null,
    watermarkLagMs: null,
    makesResults: false,
    absorbs: false,
    absentField: null,
    missedFields: [],
    ...figures,
  };
}

export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

function errorAt(at: number, message: string): Snapshot['errors'][number] {
  return { at, node: 'actions', message, count: 1 };
}

/** A Kafka → transform → Cassandra job in good health, whose books balance. */
export function runningJob(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    job: 'user-actions',
    status: 'running',
    detail: null,
    guarantee: 'exactly-once effect',
    uptimeMs: 134_000,
    read: 1_234_567,
    readBefore: 0,
    written: 1_100_000,
    filtered: 134_564,
    late: 0,
    dropped: 0,
    skipped: 0,
    deadLetters: 3,
    errorRate: 0.000243,
    throughputPerSecond: 98_712,
    latency: { p50: 4.2, p95: 14.8, p99: 36 },
    recentLatency: { p50: 4, p95: 12.3, p99: 31 },
    latencyDistribution: {
      buckets: [
        { upTo: 10, events: 900_000 },
        { upTo: 50, events: 1_090_000 },
      ],
      events: 1_100_000,
      sum: 8_800_000,
    },
    queueDepth: 312,
    maxQueueDepth: 8_120,
    queueThreshold: 10_000,
    checkpoint: { count: 4, lastAt: NOW - 14_000, lastDurationMs: 38, lastBytes: 1_250_000 },
    nodes: [
      node('actions', 'source', 'kafka', {
        in: 1_234_567,
        out: 1_234_564,
        deadLetters: 3,
        inPerSecond: 98_712,
        outPerSecond: 98_712,
        queueDepth: 312,
        watermarkLagMs: 30_000,
      }),
      node('enriched', 'operator', 'transform', {
        from: ['actions'],
        in: 1_234_564,
        out: 1_100_000,
        filtered: 134_564,
        inPerSecond: 98_712,
        outPerSecond: 88_010,
      }),
      node('table', 'sink', 'cassandra', {
        from: ['enriched'],
        latencyP95: 12.3,
        in: 1_100_000,
        out: 1_100_000,
        inPerSecond: 88_010,
        outPerSecond: 88_010,
        queueDepth: 1_024,
      }),
    ],
    partitions: [
      { source: 'actions', partition: 'user-actions/0', position: 600_000, lag: 700_000, status: 'active' },
      { source: 'actions', partition: 'user-actions/1', position: 600_000, lag: 534_567, status: 'active' },
      { source: 'actions', partition: 'user-actions/2', position: 34_567, lag: 0, status: 'idle' },
    ],
    errors: [
      errorAt(NOW - 100_000, 'decode: Unexpected token } in JSON at position 31'),
      errorAt(NOW - 61_000, 'type: "value" is no double: "abc"'),
      errorAt(NOW - 4_000, 'missing_key: no field "user_id"'),
    ],
    reasons: [],
    alerts: [],
    progress: null,
    ...changes,
  };
}

/** A bounded job of two minutes, all of whose figures swing. */
export function moving(uptimeMs: number, status: JobStatus): Snapshot {
  const swing = Math.sin(uptimeMs / 5000);
  const total = 12_000_000;
  const done = Math.min(total, Math.round(uptimeMs * 100));
  return runningJob({
    status,
    uptimeMs,
    read: done,
    written: Math.round(done * 0.9),
    filtered: Math.round(done * 0.1),
    throughputPerSecond: 100_000 * (1 + 0.1 * swing),
    recentLatency: { p50: 4 + swing, p95: 14 + 6 * swing, p99: 36 + 9 * swing },
    queueDepth: Math.round(5000 + 4800 * swing),
    maxQueueDepth: 9_800,
    checkpoint: {
      count: Math.floor(uptimeMs / 2000),
      lastAt: NOW - (uptimeMs % 2000),
      lastDurationMs: 31,
      lastBytes: 800_000,
    },
    progress: { done, total, unit: 'events' },
  });
}

const hostileNames = [
  '\u001b[31mred\u001b[2J\u0007',
  '用户行为事件流处理作业的来源节点名称',
  '👩‍👩‍👧‍👦家族 🇩🇪 ❤️ 👍🏽',
  'a\nb\tc\u009b5A',
  '\u202egnp.exe\u2066',
] as const;

/** The same job with names and messages that try to break the screen. */
export function hostile(snapshot: Snapshot): Snapshot {
  return {
    ...snapshot,
    job: `${hostileNames[2]} ${hostileNames[0]}`,
    status: 'waiting',
    detail: `waiting for ${hostileNames.join(' ')}`,
    nodes: hostileNames.map((name, index) => ({ ...snapshot.nodes[index % snapshot.nodes.length]!, name })),
    partitions: snapshot.partitions.map((partition) => ({ ...partition, source: hostileNames[1] })),
    errors: hostileNames.map((name) => ({
      at: NOW - 1000,
      node: name,
      message: `decode: ${name.repeat(9)}`,
      count: 1,
    })),
    reasons: hostileNames.map((name) => ({ node: name, code: name, message: name.repeat(9), count: 7 })),
    alerts: hostileNames.map((name) => ({ at: NOW - 1000, node: name, message: name.repeat(9) })),
  };
}

/** Jobs under load, in trouble, and on their way out. */
export const kinds = {
  loaded: runningJob({
    throughputPerSecond: 412_345,
    queueDepth: 10_000,
    maxQueueDepth: 10_000,
    dropped: 52_311,
    recentLatency: { p50: 210, p95: 1480, p99: 2950 },
  }),
  failing: runningJob({
    status: 'waiting',
    detail: 'table: waiting for the server: 127.0.0.1:9042 does not answer, 12 s so far',
    throughputPerSecond: 0,
    queueDepth: 10_000,
    maxQueueDepth: 10_000,
    deadLetters: 1_201,
    errorRate: 0.097,
    recentLatency: { p50: null, p95: null, p99: null },
  }),
  draining: runningJob({ status: 'draining', queueDepth: 4_211, throughputPerSecond: 61_000 }),
} as const;
