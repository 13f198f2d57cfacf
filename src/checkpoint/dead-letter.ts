import type { Millis } from '../clock.ts';
import type { Change, JsonObject, PartitionId, Position } from '../event.ts';

/** Why an event is a dead letter. */
export interface LetterError {
  /** `DataError.code`: stable, for `--reason`. */
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

/** The event as its node saw it: what operators had made of the record by then. */
export interface LetterEvent {
  readonly value: JsonObject | null;
  readonly time: Millis | null;
  readonly id: string | null;
  readonly change: Change;
  readonly firing: number;
  readonly final: boolean;
}

/** waiting: may be replayed · quarantined: failed too often to be replayed unasked · replayed: its effects are durable. */
export type LetterStatus = 'waiting' | 'quarantined' | 'replayed';

/** The one envelope for events that could not be handled, whatever the stage that refused them. */
export interface DeadLetter {
  /** Deterministic: source, partition, position, node and index; the same failure in a second run is the same letter. */
  readonly id: string;
  readonly job: string;
  readonly epoch: number;
  readonly source: string;
  readonly partition: PartitionId;
  readonly position: Position;
  /** The node that refused it: the source itself for decoding and time, an operator, or a sink. */
  readonly node: string;
  /** The input of an operator that it came in by. */
  readonly port: number;
  /** The name of the operator's step that refused it, if it has one. */
  readonly step: string | null;
  readonly error: LetterError;
  /** How often it was tried. */
  readonly attempts: number;
  readonly firstAt: Millis;
  readonly lastAt: Millis;
  /** Microseconds: rows that were written later have a larger one. */
  readonly token: bigint;
  readonly status: LetterStatus;
  /** null: the record never became an event. */
  readonly event: LetterEvent | null;
  /** The record's own timestamp, if it has one. */
  readonly timestamp: Millis | null;
  /** As read from the source; null is a tombstone. */
  readonly bytes: Uint8Array | null;
  readonly key: Uint8Array | null;
  /** Header name → value as text. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Which letters; what is left out matters not. */
export interface LetterQuery {
  readonly ids?: readonly string[];
  readonly status?: readonly LetterStatus[];
  readonly reason?: string;
  readonly node?: string;
  /** When it last failed: from, and up to but not including. */
  readonly since?: Millis;
  readonly until?: Millis;
}

/** The dead letters of one job. */
export interface Letters {
  /** Oldest first, as they are when they are asked for. */
  list(query: LetterQuery): AsyncIterable<DeadLetter>;
  /** Removes them for good; tells how many there were. */
  purge(ids: readonly string[]): Promise<number>;
}
