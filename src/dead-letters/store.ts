import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import type { Clock, Millis } from '../clock.ts';
import type { Token } from '../component/sink.ts';

/**
 * A copy of a job's dead letters outside its checkpoints. Life: `open` once; after each checkpoint `deliver`, before the
 * next one `prepare`; then `close` once, also after a failure.
 */
export interface LetterStore {
  /** For messages, and to tell whether `last` is of the same store. */
  readonly place: string;
  /** Connects, and makes what is missing. Throws UnreachableError or SpecError within 10 s. */
  open(host: LetterStoreHost): Promise<void>;
  /**
   * Takes the letters of the checkpoint with this number, as they are now. May be called again for the same checkpoint,
   * also by another process. A TransientError means that it is to be called again.
   */
  deliver(checkpoint: number, letters: readonly DeadLetter[]): Promise<void>;
  /** Makes durable what was delivered, and tells how to go on from here. */
  prepare(): Promise<Token | null>;
  close(): Promise<void>;
}

export interface LetterStoreHost {
  readonly job: string;
  readonly epoch: number;
  readonly clock: Clock;
  /** How long a server may be silent. */
  readonly timeout: Millis;
  /** What `prepare` gave for the checkpoint that the job resumes from; null if that was without this store. */
  readonly last: Token | null;
  /** The number of that checkpoint; null on a fresh start. */
  readonly resumedFrom: number | null;
  /** Aborts at a forced exit. */
  readonly signal: AbortSignal;
  /** Whether the job is still this process's. */
  isHolder(): Promise<boolean>;
  /** One line for a person, on stderr. */
  notice(line: string): void;
}

/** Letters that something has become of, in the order in which it did; a store that keeps one line for each takes no others. */
export function failuresIn(letters: readonly DeadLetter[]): readonly DeadLetter[] {
  return letters.filter(({ status }) => status !== 'replayed');
}
