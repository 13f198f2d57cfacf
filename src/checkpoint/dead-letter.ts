import type { Millis } from '../clock.ts';
import type { PartitionId, Position } from '../event.ts';

/** Why an event is a dead letter. */
export interface LetterError {
  /** `DataError.code`: stable, for `--reason`. */
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

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
  readonly error: LetterError;
  /** How often it was tried. */
  readonly attempts: number;
  readonly firstAt: Millis;
  readonly lastAt: Millis;
  /** As read from the source; null is a tombstone. */
  readonly bytes: Uint8Array | null;
  readonly key: Uint8Array | null;
  /** Header name → value as text. */
  readonly headers: Readonly<Record<string, string>>;
}
