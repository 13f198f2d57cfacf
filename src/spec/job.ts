import type { CassandraConnection } from '../clients/cassandra/options.ts';
import type { Millis } from '../clock.ts';
import type { Format } from '../component/define.ts';
import type { DeadLettersSpec } from './dead-letters.ts';
import type { JobTest } from './tests.ts';

/**
 * One job, validated, with every default filled in. Plain JSON, keys as in a jobfile, so that it can be hashed, printed
 * and kept in a checkpoint. Secrets are still references (`${env:NAME}`): see `resolveSecrets`.
 */
export interface JobSpec {
  readonly name: string;
  /** All lists are in the order of the jobfile. */
  readonly sources: readonly SourceSpec[];
  readonly operators: readonly OperatorSpec[];
  readonly sinks: readonly SinkSpec[];
  /** Events in a sink's batch, and the longest that a batch waits to be full; each sink has its own copy. */
  readonly batch_size: number;
  readonly flush_interval: Millis;
  /** The most writes in flight in one sink. */
  readonly max_concurrency: number;
  readonly backpressure: BackpressureSpec;
  readonly dead_letters: DeadLettersSpec;
  /** How long an unreachable sink is waited for. */
  readonly sink_timeout: Millis;
  /** null: `checkpoint: none`. */
  readonly checkpoint: CheckpointSpec | null;
  /** null: no metrics are served. */
  readonly metrics: MetricsSpec | null;
  /** The error budget; null is without end. Percent is of the events read. */
  readonly max_errors: { readonly count: number } | { readonly percent: number } | null;
  /** The job ends after this many events read; null is without end. */
  readonly limit: number | null;
  readonly exit_at_end: boolean;
  readonly coordination: 'none' | 'timestamp';
  /** The jobfile's own tests. */
  readonly tests: readonly JobTest[];
}

/** The nodes of a job. */
export type Nodes = Pick<JobSpec, 'sources' | 'operators' | 'sinks'>;

/** A component's own options, as its definition's schema gave them out; a string may hold a secret's reference. */
export type Options = Readonly<Record<string, unknown>>;

export interface SourceSpec {
  readonly name: string;
  readonly type: string;
  readonly options: Options;
  readonly format: Format;
  /** The types of fields, by name, as CAST names them; the others are as the format has them. */
  readonly schema?: Readonly<Record<string, string>> | undefined;
  /** The field with the event time (`timestamp`, `meta.at`); null: the record's own timestamp, if it has one. */
  readonly time: string | null;
  /** What a number in that field counts. */
  readonly time_unit: 'ms' | 's';
  /** How far behind the newest event the watermark runs. */
  readonly watermark: Millis;
  /** How long a partition at its end is quiet before it no longer holds the watermark back. */
  readonly idle_timeout: Millis;
  /** Whether open windows close when all partitions are idle; else they stay open until events come again. */
  readonly close_when_idle: boolean;
  /** How far in event time one partition may be read ahead of the slowest. */
  readonly max_drift: Millis;
  /** The most events taken from the source at once, and the longest that one may wait there for others. */
  readonly batch_size: number;
  readonly flush_interval: Millis;
}

export type OnError = 'dead_letter' | 'skip' | 'fail';

export interface OperatorSpec {
  readonly name: string;
  readonly type: string;
  /** What it reads: `node`, or `node.port`. Never empty. */
  readonly from: readonly string[];
  /** The key fields; empty for an operator without a key. */
  readonly key: readonly string[];
  readonly options: Options;
  readonly on_error: OnError;
  /** pass: by the port `late`. */
  readonly on_late: 'pass' | 'dead_letter';
}

export interface SinkSpec {
  readonly name: string;
  readonly type: string;
  readonly from: readonly string[];
  readonly options: Options;
  readonly format: Format;
  /** The fields that identify a row; empty: the event's own identity. */
  readonly key: readonly string[];
  readonly batch_size: number;
  readonly flush_interval: Millis;
  readonly on_error: OnError;
}

export interface BackpressureSpec {
  /** Events in a source's queue. */
  readonly threshold: number;
  readonly strategy: 'block' | 'drop_oldest' | 'drop_newest';
}

export interface CheckpointSpec {
  readonly interval: Millis;
  /** How many checkpoints are kept. */
  readonly keep: number;
  readonly store: SqliteStoreSpec | CassandraStoreSpec;
  /** null: what the store calls them. */
  readonly table: string | null;
  readonly state_table: string | null;
}

/** `path` null: the joined sink's own file, else one in the state directory. */
export interface SqliteStoreSpec {
  readonly type: 'sqlite';
  readonly path: string | null;
}

/** The user's name and password come from the environment. */
export interface CassandraStoreSpec extends Omit<CassandraConnection, 'username' | 'password'> {
  readonly type: 'cassandra';
  readonly keyspace: string;
}

export interface MetricsSpec {
  /** The address that is listened on. */
  readonly host: string;
  readonly port: number;
  readonly path: string;
}
