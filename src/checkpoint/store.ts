import type { Millis } from '../clock.ts';
import type { LocalTransaction, Token } from '../component/sink.ts';
import type { PartitionId, Positions } from '../event.ts';
import type { CounterTotals } from '../metrics/snapshot.ts';
import type { StateChange } from '../state/keyed-state.ts';
import type { DeadLetter, Letters } from './dead-letter.ts';

/**
 * The number of the layout that operators' states are saved in. It must be raised by every change after which the states
 * of an older version would be read wrongly: another shape or meaning of what an operator or an aggregation keeps of a
 * key, other ids of states, another encoding of keys.
 */
export const STATE_LAYOUT = 1;

/**
 * running: saved on the way · drained: stopped by a person, all flushed · finished: all bounded input is done; there
 * is nothing to recover.
 */
export type CheckpointStatus = 'running' | 'drained' | 'finished';

export interface SourceCheckpoint {
  /** Where to resume, by partition. */
  readonly positions: Positions;
  /** The end positions of a bounded read, taken once. */
  readonly ends?: Positions;
  /** The largest event time seen, by partition; absent where none was seen. */
  readonly times: Readonly<Record<PartitionId, Millis>>;
  /** The source's watermark; null before there was one. */
  readonly watermark: Millis | null;
}

/** All that a job needs to go on, as one atomic record. Plain JSON. */
export interface Checkpoint {
  readonly job: string;
  /** 0 is saved before the first event is read; counts on over recoveries. */
  readonly number: number;
  readonly epoch: number;
  readonly createdAt: Millis;
  readonly status: CheckpointStatus;
  /** The job's spec with its secrets as references, and the hash that tells a changed job. */
  readonly spec: unknown;
  readonly specHash: string;
  readonly sources: Readonly<Record<string, SourceCheckpoint>>;
  readonly sinks: Readonly<Record<string, Token | null>>;
  readonly counters: Readonly<Record<string, CounterTotals>>;
  /** How many keys each node holds in state; nodes without state are left out. */
  readonly keys: Readonly<Record<string, number>>;
  /** The `STATE_LAYOUT` of the version that saved the state; versions before there was one left it out. */
  readonly layout?: number;
  /** How many chunks of rows are staged with it, by sink; left out where there are none. */
  readonly staged?: Readonly<Record<string, number>>;
  /** Left out where dead letters are kept nowhere else. */
  readonly outbox?: OutboxCheckpoint | undefined;
}

/** Whether nothing of it is still to be delivered to sinks or to a copy of its dead letters. */
export function isDelivered({ staged, outbox }: Checkpoint): boolean {
  return staged === undefined && (outbox?.ids ?? []).length === 0;
}

/** Whether nothing is left to do: a replay of a finished job may be stopped before what it saved is delivered. */
export function isDone(checkpoint: Checkpoint): boolean {
  return checkpoint.status === 'finished' && isDelivered(checkpoint);
}

/** The copy of dead letters outside the checkpoints. */
export interface OutboxCheckpoint {
  readonly place: string;
  /** What the store must know to go on from here. */
  readonly token: Token | null;
  /** The letters that are delivered there once this checkpoint is saved. */
  readonly ids: readonly string[];
}

/** What is saved together with a checkpoint, in the same transaction. */
export interface Effects {
  /** What changed in keyed state since the checkpoint before. */
  readonly state: readonly StateDelta[];
  readonly letters: readonly DeadLetter[];
  /** Ids of letters that were replayed, with all that came of it; those that failed again are among `letters` too. */
  readonly replayed?: readonly string[];
  /** The rows of staged sinks, until the next checkpoint: by then they are delivered. */
  readonly staged?: readonly StagedChunk[];
  /** Writes the rows of joined sinks; what it throws undoes the whole save. */
  readonly join?: (transaction: LocalTransaction) => Joined;
}

/** Rows of one staged sink, encoded; at most half a megabyte, unless a single row is larger. */
export interface StagedChunk {
  readonly sink: string;
  /** Counts from 0 within the checkpoint and sink. */
  readonly part: number;
  readonly bytes: Uint8Array;
}

export interface StateDelta {
  readonly node: string;
  readonly state: string;
  /** Keys that changed, and in turn some that did not. */
  readonly changes: readonly StateChange[];
  /** Whether that ended a turn: every key has been in some delta since the turn before ended. */
  readonly turned: boolean;
}

/** A part of what one checkpoint saw changed in a state. */
export interface StatePart {
  readonly node: string;
  readonly state: string;
  readonly keys: readonly string[];
  /** The keys' values, undefined where the key was gone; they are read on the first call. */
  values(): readonly unknown[];
}

/** What came of the rows of joined sinks; it is saved with the checkpoint that they belong to. */
export interface Joined {
  readonly letters: readonly DeadLetter[];
  readonly counters: Checkpoint['counters'];
}

export interface CheckpointHead {
  readonly number: number;
  readonly epoch: number;
  readonly createdAt: Millis;
  readonly status: CheckpointStatus;
  readonly bytes: number;
}

/** Write tokens `[next, end)`, in microseconds. */
export interface TokenRange {
  readonly next: bigint;
  readonly end: bigint;
}

/** A store of checkpoints. One head a job; only the holder of the newest epoch can move it. */
export interface CheckpointStore {
  /** The newest readable checkpoint, without taking the job; a corrupt one is passed over with a notice. */
  latest(job: string): Promise<Checkpoint | undefined>;
  /**
   * All checkpoints that are kept, the newest first, without taking the job. Damaged ones too: of them only the number
   * and the epoch can be relied on.
   */
  list(job: string): Promise<readonly CheckpointHead[]>;
  /** Without taking the job. Throws if that checkpoint is not there, or if it or its state is damaged. */
  load(job: string, number: number): Promise<Checkpoint>;
  /** The names of all jobs in it. */
  jobs(): Promise<readonly string[]>;
  /** The job's dead letters, without taking the job. */
  letters(job: string): Letters;
  /** Takes the job: one epoch higher than any before, by compare-and-set. */
  acquire(job: string): Promise<Lease>;
  close(): Promise<void>;
}

export interface Lease {
  readonly epoch: number;
  /** The keyed state of that checkpoint, newest change first: a key may come more than once, and the first counts. */
  loadState(number: number): AsyncIterable<StatePart>;
  /** The rows staged with that checkpoint, in order; none unless it is the newest. */
  loadStaged(number: number): Promise<readonly StagedChunk[]>;
  /** Whether no newer epoch has been taken so far. */
  isHolder(): Promise<boolean>;
  /**
   * Saves a checkpoint with its effects, or nothing of either. `fenced`: another process holds a newer epoch, nothing
   * was saved and nothing ever will be by this lease. Resolves with the record's size in bytes.
   */
  save(checkpoint: Checkpoint, effects: Effects): Promise<{ bytes: number } | 'fenced'>;
  /**
   * Reserves write tokens that no other run of the job has had or will have. Throws TakenOverError if another process
   * holds a newer epoch: its tokens must stay the larger ones.
   */
  reserve(count: bigint, now: Millis): Promise<TokenRange>;
  release(): Promise<void>;
}
