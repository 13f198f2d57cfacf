import type { Clock, Millis } from '../clock.ts';
import type { DataError } from '../errors.ts';
import type { Change, Event, JsonObject } from '../event.ts';

/** An event that an operator makes of several others: a window's result, an alert, a joined row. */
export interface Result {
  readonly value: JsonObject;
  readonly time: Millis | null;
  /** Deterministic: the same result in every run over the same input has the same identity. */
  readonly id: string;
  readonly change?: Change;
  /** How often this result has been emitted before. */
  readonly firing?: number;
  /** Whether this result can change no more; true if left out. */
  readonly final?: boolean;
}

/**
 * What an operator may do while it is called. All of it is synchronous; `emit` hands the event to the nodes behind
 * before it returns, so an operator emits when its own state is consistent.
 */
export interface Context {
  /** The node's watermark before the event at hand; -Infinity at the start, +Infinity after a bounded input's end. */
  readonly watermark: Millis;
  /** To the default port, or to a named one. An event to a port that nobody reads is counted only. */
  emit(event: Event, port?: string): void;
  /** Makes an event of a result and emits it. */
  emitResult(result: Result, port?: string): void;
  /** The event was looked at and not passed on, or absorbed by nothing: filters call it so that the books balance. */
  filtered(event: Event): void;
  /** Of one event several were made, so many more than one, and each of them will fare on its own. */
  made?(more: number): void;
  /** The event came too late; it leaves by the port `late`. */
  late(event: Event): void;
  /** The event was taken in, but came too late for some of the windows that it belongs to: counted apart. */
  partlyLate?(event: Event): void;
  /** The event becomes a dead letter, is skipped, or ends the job, by the node's `on_error`. */
  reject(event: Event, error: DataError): void;
}

/** What becomes of an event in a stage: one that is made from it, several, nothing, or a refusal. */
export type Outcome = Event | readonly Event[] | null | DataError;

export interface StageHost {
  /** The node's name in the job. */
  readonly name: string;
  readonly clock: Clock;
  /** One line for a person, on stderr. */
  notice(line: string): void;
}

/**
 * A part of an operator that waits for others: a lookup, a user's module. Life: `open` once; `run` any number of times;
 * `close` once, also after a failure.
 */
export interface AsyncStage {
  /** How many `run` calls it can take at once; the job's `max_concurrency` bounds it too. */
  readonly concurrency: number;
  /** Events in a batch at the most; the runtime chooses if left out. */
  readonly batch?: number | undefined;
  /** Connects. Throws UnreachableError or SpecError within 10 s. */
  open?(host: StageHost): Promise<void>;
  /**
   * What becomes of each event of the batch, in its order. A TransientError means that the same batch may be passed
   * again; anything else that it throws ends the job. `signal` aborts at a forced exit.
   */
  run(batch: readonly Event[], signal: AbortSignal): Promise<readonly Outcome[]>;
  /**
   * Where event time matters to the stage: the watermark is here now, and all events before it are done; those behind it
   * wait. Resolves with what falls due; undefined if nothing does. Such a stage is asked for one thing at a time.
   */
  advance?: ((watermark: Millis) => Promise<readonly Result[]> | undefined) | undefined;
  close?(): Promise<void>;
}

/** A stage, and the synchronous rest of the operator, up to the next stage. */
export interface StagedPart {
  /** A name that the stage's refusals carry. */
  readonly name?: string | undefined;
  readonly stage: AsyncStage;
  readonly rest: Pick<Operator, 'process' | 'advance'>;
}

/**
 * A synchronous operator: it sees events and watermarks, never a clock or I/O. `process` is called once an event, in
 * order, always after `advance` for every watermark at or before that event's place in the stream. A DataError that
 * it throws is taken as `reject` of the event at hand; anything else ends the job.
 */
export interface Operator {
  /** How far results may be behind the watermark: what is behind the operator sees the watermark that much earlier. */
  readonly hold?: Millis;
  /** The watermark at which all that is open now will be closed; -Infinity if nothing is. For `close_when_idle`. */
  readonly horizon?: Millis;
  process(event: Event, context: Context, port: number): void;
  /**
   * The node's watermark moved to `watermark` (strictly up). Called only by operators that are event-time aware:
   * leave it out where time does not matter.
   */
  advance?(watermark: Millis, context: Context): void;
  /** `tick` is called about this often in processing time, between two events; what it does is not replayable. */
  readonly period?: Millis | undefined;
  tick?(context: Context): void;
  /**
   * Called once before the first event of a recovered job, when the operator's states hold what the checkpoint held:
   * the place to rebuild what is derived from them.
   */
  restored?(): void;
  /** What `process` emits goes through these, in order, and what comes out of the last one is the operator's output. */
  readonly stages?: readonly StagedPart[];
}
