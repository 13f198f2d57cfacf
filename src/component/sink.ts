import type { Clock } from '../clock.ts';
import type { DataError } from '../errors.ts';
import type { Event } from '../event.ts';

/** What a sink must know to go on after a checkpoint: a file's length, a Kafka marker. Plain JSON. */
export type Token = Readonly<Record<string, string | number | null>>;

/** An event that the sink refused, by its index in the batch given to `write`. The rest of the batch was written. */
export interface Rejection {
  readonly index: number;
  readonly error: DataError;
}

/**
 * joined: written inside the checkpoint's own transaction · upsert: deterministic identities, a repeat changes
 * nothing · staged: delivered after the checkpoint that holds the rows · file: the length is in the checkpoint ·
 * direct: at least once.
 */
export type SinkMode = 'joined' | 'upsert' | 'staged' | 'file' | 'direct';

export interface SinkHost {
  /** The sink's name in the job. */
  readonly name: string;
  readonly job: string;
  readonly clock: Clock;
  /** The job's epoch: one higher at each start or recovery. */
  readonly epoch: number;
  /**
   * The next write token in microseconds, strictly increasing over all runs of the job (Cassandra: USING TIMESTAMP).
   * A retry of the same write passes the same token again.
   */
  token(): bigint;
  /** One line for a person, on stderr. */
  notice(line: string): void;
}

/**
 * A sink of events. Life: `open` once; `write` any number of times; at each checkpoint `prepare` and, once that
 * checkpoint is saved, `committed`; then `close` once, also after a failure.
 */
export interface Sink {
  /**
   * How many `write` calls the sink can take at once; 1 keeps strict order. The job's `max_concurrency` bounds it too.
   * Known once `open` has resolved: a table's columns may ask for strict order.
   */
  readonly concurrency: number;
  /**
   * Connects, checks or creates the table. `last` is the token in the checkpoint that the job resumes from, null on
   * a fresh start. Throws UnreachableError or SpecError within 10 s.
   */
  open(last: Token | null, host: SinkHost): Promise<void>;
  /**
   * Writes a batch. Resolves when every event is acknowledged or rejected. A TransientError means that none, some or
   * all of it may be written, and that the same batch may be passed again. `signal` aborts at a forced exit.
   */
  write(batch: readonly Event[], signal: AbortSignal): Promise<readonly Rejection[]>;
  /** Called with no write in flight: makes durable all that was written, and tells how to go on from here. */
  prepare(): Promise<Token | null>;
  /** The checkpoint that holds `token` is saved. May be called again for the same token after a recovery. */
  committed?(token: Token | null): Promise<void>;
  close(): Promise<void>;
}

/** The connection of the checkpoint's own transaction, as much of it as a joined sink may use. */
export interface LocalTransaction {
  /** Runs one statement, prepared once for each text. Throws the database's own error, which has a `code`. */
  run(sql: string, parameters: readonly unknown[]): { changes: number };
  /** The rows of a query, as objects. */
  all(sql: string, parameters: readonly unknown[]): readonly unknown[];
}

/** A sink whose rows are part of the checkpoint's transaction. */
export interface JoinedSink {
  /** The database that the checkpoint must live in. */
  readonly file: string;
  open(host: SinkHost): Promise<void>;
  /** Synchronous, inside the transaction. Throws only if the whole transaction must be given up. */
  apply(batch: readonly Event[], transaction: LocalTransaction): readonly Rejection[];
  close(): Promise<void>;
}
