import type { LatencyFigures, NodeSnapshot, Snapshot } from '../metrics/snapshot.ts';

/** The job's last word on one line (`--json`). `recover` is the command that resumes the job, null if it is done. */
export function summaryJson(snapshot: Snapshot, recover: string | null): string {
  return JSON.stringify(summaryFields(snapshot, recover));
}

/** A running job on one line (`stats --json`): the figures of the last seconds, then those of the summary. */
export function statsJson(snapshot: Snapshot, pid: number): string {
  return JSON.stringify({
    messagesPerSecond: rounded(snapshot.throughputPerSecond),
    latencyP95: milliseconds(snapshot.recentLatency.p95),
    errorRate: snapshot.errorRate,
    queueDepth: snapshot.queueDepth,
    ...summaryFields(snapshot, null),
    guarantee: snapshot.guarantee,
    partitions: snapshot.partitions,
    alerts: snapshot.alerts,
    pid,
  });
}

/** Rates are over the whole run, error_rate is in per cent: see `Snapshot.errorRate`. */
function summaryFields(snapshot: Snapshot, recover: string | null) {
  return {
    job: snapshot.job,
    status: snapshot.status,
    duration_ms: Math.round(snapshot.uptimeMs),
    read: snapshot.read,
    written: snapshot.written,
    filtered: snapshot.filtered,
    late: snapshot.late,
    dropped: snapshot.dropped,
    dead_letters: snapshot.deadLetters,
    error_rate: snapshot.errorRate,
    throughput_per_s: rounded(overallThroughput(snapshot)),
    latency_ms: latencyFields(snapshot.latency),
    max_queue_depth: snapshot.maxQueueDepth,
    checkpoints: snapshot.checkpoint?.count ?? 0,
    nodes: snapshot.nodes.map(nodeFields),
    recover,
  };
}

/** Events read per second over the whole run. */
export function overallThroughput(snapshot: Snapshot): number {
  const { read, readBefore, uptimeMs } = snapshot;
  return uptimeMs > 0 ? ((read - readBefore) / uptimeMs) * 1000 : 0;
}

function latencyFields({ p50, p95, p99 }: LatencyFigures) {
  return { p50: milliseconds(p50), p95: milliseconds(p95), p99: milliseconds(p99) };
}

function nodeFields(node: NodeSnapshot) {
  return {
    name: node.name,
    kind: node.kind,
    type: node.type,
    in: node.in,
    out: node.out,
    made: node.made,
    filtered: node.filtered,
    late: node.late,
    partly_late: node.partlyLate,
    skipped: node.skipped,
    dropped: node.dropped,
    dead_letters: node.deadLetters,
    failed: node.failed,
    retries: node.retries,
    in_per_s: rounded(node.inPerSecond),
    out_per_s: rounded(node.outPerSecond),
    queue_depth: node.queueDepth,
    latency_p95_ms: milliseconds(node.latencyP95),
    state_keys: node.stateKeys,
    watermark_lag_ms: node.watermarkLagMs,
  };
}

function rounded(rate: number): number {
  return Math.round(rate * 10) / 10;
}

function milliseconds(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}
