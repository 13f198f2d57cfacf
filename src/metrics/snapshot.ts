import type { Millis } from '../clock.ts';

export type JobStatus =
  | 'starting'
  | 'running'
  | 'paused'
  | 'waiting'
  | 'draining'
  | 'finished'
  | 'drained'
  | 'failed';

/** The figures of a moment. Counts are totals of the job, over all its recoveries; plain numbers, JSON-ready. */
export interface Snapshot {
  readonly job: string;
  readonly status: JobStatus;
  /** The weakest of what its sinks promise: `exactly once`. */
  readonly guarantee: string;
  /** Why the job waits or failed, for a person; sanitized. */
  readonly detail: string | null;
  /** Since the run began. */
  readonly uptimeMs: Millis;
  readonly read: number;
  /** How many of them earlier runs of the job have read. */
  readonly readBefore: number;
  readonly written: number;
  readonly filtered: number;
  readonly late: number;
  readonly dropped: number;
  readonly skipped: number;
  readonly deadLetters: number;
  /**
   * Dead letters and skipped in per cent of read, at most 100: an event counts in each branch that refuses it.
   * 0 when nothing was read.
   */
  readonly errorRate: number;
  /** Events read per second over the last few seconds. */
  readonly throughputPerSecond: number;
  /** Read at the source to acknowledged by the sink, over the whole run and over the last few seconds. */
  readonly latency: LatencyFigures;
  readonly recentLatency: LatencyFigures;
  /** Of this run. */
  readonly latencyDistribution: LatencyDistribution;
  /** Events admitted and not yet processed, now and at its highest. */
  readonly queueDepth: number;
  readonly maxQueueDepth: number;
  readonly queueThreshold: number;
  readonly checkpoint: CheckpointFigures | null;
  readonly nodes: readonly NodeSnapshot[];
  readonly partitions: readonly PartitionSnapshot[];
  /** The newest refusals, newest last, at most 5; sanitized. */
  readonly errors: readonly {
    readonly at: Millis;
    readonly node: string;
    readonly message: string;
    /** How many like it there were, of the same node and for the same reason; the message is the last one's. */
    readonly count: number;
  }[];
  /** Why events became dead letters or were skipped in this run, the most frequent first. */
  readonly reasons: readonly ReasonCount[];
  /** The newest results of detectors, newest last, at most 5; sanitized. */
  readonly alerts: readonly { readonly at: Millis; readonly node: string; readonly message: string }[];
  /** Bounded inputs: how much there is to do and how much is done, in the same unit. */
  readonly progress: {
    readonly done: number;
    readonly total: number;
    readonly unit: 'bytes' | 'events';
  } | null;
}

/** Milliseconds; null before the first measurement. */
export interface LatencyFigures {
  readonly p50: Millis | null;
  readonly p95: Millis | null;
  readonly p99: Millis | null;
}

/** How many events took how long, for a histogram. */
export interface LatencyDistribution {
  /** Each counts the events of the buckets before it too. */
  readonly buckets: readonly { readonly upTo: Millis; readonly events: number }[];
  readonly events: number;
  /** Of all latencies together. */
  readonly sum: Millis;
}

export interface CheckpointFigures {
  readonly count: number;
  /** When the last one was saved (time of day), and how long it took; null before the first. */
  readonly lastAt: Millis | null;
  readonly lastDurationMs: Millis | null;
  readonly lastBytes: number | null;
}

export interface NodeSnapshot {
  readonly name: string;
  readonly kind: 'source' | 'operator' | 'sink';
  readonly type: string;
  /** The nodes that it reads, without their ports; of a source, none. */
  readonly from: readonly string[];
  readonly in: number;
  readonly out: number;
  /** Made in addition to those that came in, where of one event several are made. */
  readonly made: number;
  readonly filtered: number;
  readonly late: number;
  /** Taken in, and so part of `out` or of the state, but too late for some of the windows that they belong to. */
  readonly partlyLate: number;
  readonly skipped: number;
  readonly dropped: number;
  readonly deadLetters: number;
  /** Events that ended the job. */
  readonly failed: number;
  /** How much of these counts is not this run's: what it counted itself, from 0, is the difference, and only grows. */
  readonly before: Required<CounterTotals>;
  /** Attempts that a server refused for now, and that were tried again; of this run. */
  readonly retries: number;
  readonly inPerSecond: number;
  readonly outPerSecond: number;
  /** Source: events in its queue. Sink: rows accepted and not yet acknowledged. Operator: 0. */
  readonly queueDepth: number;
  /** Of a sink over the last few seconds: read at the source to acknowledged here. Null elsewhere, and before the first. */
  readonly latencyP95: Millis | null;
  /** Keys in state; null for a stateless node. */
  readonly stateKeys: number | null;
  /** How far the node's watermark is behind the newest event time seen; null without event time. */
  readonly watermarkLagMs: Millis | null;
  /** Whether events end in its state: then `out` counts the results that are made of that. */
  readonly makesResults: boolean;
  /** Whether events that it gives nothing for, and that count as filtered, are absorbed into its state. */
  readonly absorbs: boolean;
  /** Fields that it reads, one for each input at the most, and that no event of that input had. */
  readonly missedFields: readonly AbsentField[];
  /** Where every event was left out: a field that decides about it, and that none of them had. Null elsewhere. */
  readonly absentField: AbsentField | null;
}

export interface AbsentField {
  /** As a path: `user.city`. */
  readonly field: string;
  /** The outermost fields that such an event does have. */
  readonly fields: readonly string[];
}

/** What nodes refused for one reason, in this run. */
export interface ReasonCount {
  readonly node: string;
  /** `DataError.code` */
  readonly code: string;
  /** Of the first of them; sanitized. */
  readonly message: string;
  readonly count: number;
}

export interface PartitionSnapshot {
  readonly source: string;
  readonly partition: string;
  readonly position: number;
  readonly lag: number | null;
  readonly status: 'active' | 'idle' | 'unreachable';
}

export interface CounterTotals {
  readonly in: number;
  readonly out: number;
  readonly made?: number;
  readonly filtered: number;
  readonly late: number;
  readonly partlyLate?: number;
  readonly skipped: number;
  readonly dropped: number;
  readonly deadLetters: number;
}
