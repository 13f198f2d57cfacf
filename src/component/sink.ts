import type { Clock } from '../clock.ts';
import { type DataError, TransientError } from '../errors.ts';
import type { Event } from '../event.ts';

/** What a sink must know to go on after a checkpoint: a file's length, a Kafka marker. Plain JSON. */
export type Token = Readonly<Record<string, string | number | null>>;

/** An event that the sink refused, by its index in the batch given to `write`. The rest of the batch was written. */
export interface Rejection {
  readonly index: number;
  readonly error: DataError;
}

/** What became of a batch of which something is left to write, by index in the batch. */
export interface Unsettled {
  /** Of these, one at least, the server has said "not now", if the error says `answered`: an attempt of each. */
  readonly unsettled: readonly number[];
  /** These wait for others, and were not asked for. */
  readonly untried?: readonly number[];
  /** All that is refused for good, by this write or an earlier one: the last word on them if nothing else is tried again. */
  readonly rejections: readonly Rejection[];
}

/** A write that left some of its batch unwritten; all that it does not name was written. */
export class UnsettledError extends TransientError {
  readonly unsettled: readonly number[];
  readonly untried: readonly number[];
  readonly rejections: readonly Rejection[];

  constructor(
    { message, answered, cause }: TransientError,
    { unsettled, untried = [], rejections }: Unsettled,
  ) {
    super(message, { answered, cause });
    this.unsettled = unsettled;
    this.untried = untried;
    this.rejections = rejections;
  }
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
   * A retry of the same write passes the same token again. An event has had one since it was accepted: give the event to
   * get that.
   */
  token(event?: Event): bigint;
  /**
   * Whether the event is a dead letter's: its row must not stand above one that was written since it failed. Tokens see
   * to that; a sink without them must. Left out: none is.
   */
  isReplayed?(event: Event): boolean;
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
   * Writes a batch. Resolves when every event is acknowledged or rejected. An UnsettledError tells what is not, and a
   * TransientError that it may be all of it: the same batch may be passed again, without events that are given up.
   * `signal` aborts at a forced exit.
   */
  write(batch: readonly Event[], signal: AbortSignal): Promise<readonly Rejection[]>;
  /** Called with no write in flight: makes durable all that was written, and tells how to go on from here. */
  prepare(): Promise<Token | null>;
  /** The checkpoint that holds `token` is saved. May be called again for the same token after a recovery. */
  committed?(token: Token | null): Promise<void>;
  close(): Promise<void>;
}

export interface StagedHost extends SinkHost {
  /** The number of the checkpoint that the job resumes from; null on a fresh start. */
  readonly resumedFrom: number | null;
  /** Whether a person has agreed to rows that are delivered twice. */
  readonly allowsDuplicates: boolean;
  /** Whether the job is still this process's, and no other has taken it over. */
  isHolder(): Promise<boolean>;
}

/**
 * A sink whose rows lie in a checkpoint, an interval in each, until that is saved; then they are delivered. Life: `open`
 * once; `check` for each event; at each checkpoint `token`, and once that is saved `deliver`; then `close` once, also
 * after a failure.
 */
export interface StagedSink {
  /**
   * Connects, and shuts out whoever delivered for this job before. `last` is the token in the checkpoint that the job
   * resumes from. Throws UnreachableError or SpecError within 10 s.
   */
  open(last: Token | null, host: StagedHost): Promise<void>;
  /** Whether nothing of an interval is delivered while one of its rows is refused; else all the others are. */
  readonly isAtomic: boolean;
  /** Why the event can't be written, as far as that is known without asking; called before it is staged. */
  check(event: Event): DataError | undefined;
  /** What the next checkpoint must hold beside the rows. */
  token(): Token | null;
  /**
   * Delivers the rows of the checkpoint with this number: all of them once, however often it is called, also by another
   * process later. `batches` may be read more than once. Resolves with the rows that were refused for good, by their
   * index in the interval; an atomic sink is called again, under the next number, with the rows that are left. A
   * TransientError means that it is to be called again; a TakenOverError that another process delivers now.
   */
  deliver(
    interval: number,
    batches: Iterable<readonly Event[]>,
    signal: AbortSignal,
  ): Promise<readonly Rejection[]>;
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
