import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import type { Clock, Millis } from '../clock.ts';
import type { DataError } from '../errors.ts';
import { type Event, type Headers, identityOf, type Records } from '../event.ts';
import type { NodeCounters } from '../metrics/counters.ts';
import type { OnError } from '../spec/job.ts';

const RECENT = 5;

/** Ends the job when a node says `on_error: fail`. */
class RejectedError extends Error {
  override readonly name = 'RejectedError';
}

export interface RecentError {
  readonly at: Millis;
  readonly node: string;
  readonly message: string;
}

/** Takes what nodes refuse, and makes dead letters of it, skips it, or ends the job, as the node's `on_error` says. */
export class LetterBox {
  /** The newest refusals, newest last. */
  readonly recent: RecentError[] = [];
  readonly #job: string;
  readonly #epoch: number;
  readonly #clock: Clock;
  #letters: DeadLetter[] = [];

  constructor(job: string, epoch: number, clock: Clock) {
    this.#job = job;
    this.#epoch = epoch;
    this.#clock = clock;
  }

  /** How many letters wait for the next checkpoint. */
  get waiting(): number {
    return this.#letters.length;
  }

  /** Takes all letters out: they belong to the checkpoint that is cut now. */
  seal(): DeadLetter[] {
    const sealed = this.#letters;
    this.#letters = [];
    return sealed;
  }

  /** Puts a refused event among the letters of the next checkpoint. */
  reject(node: NodeCounters, onError: OnError, event: Event, error: DataError): void {
    const letter = this.judge(node, onError, event, error, 1);
    if (letter !== undefined) this.#letters.push(letter);
  }

  /** The same for a record that never became an event. */
  rejectRecord(node: NodeCounters, source: string, records: Records, index: number, error: DataError): void {
    const position = records.offset(index);
    const identity = `${source}:${records.partition}:${position}`;
    node.deadLetters++;
    this.#note(node.name, error);
    this.#letters.push(this.#letter(identity, node.name, source, records, index, error, 1));
  }

  /** Counts the refusal and gives its letter, for the caller to put where it belongs; undefined if it is skipped. */
  judge(
    node: NodeCounters,
    onError: OnError,
    event: Event,
    error: DataError,
    attempts: number,
  ): DeadLetter | undefined {
    if (onError === 'fail') throw new RejectedError(`${node.name}: ${error.message}`, { cause: error });
    this.#note(node.name, error);
    if (onError === 'skip') {
      node.skipped++;
      return undefined;
    }
    node.deadLetters++;
    const { source, records } = event.origin;
    return this.#letter(identityOf(event), node.name, source, records, event.index, error, attempts);
  }

  #note(node: string, error: DataError): void {
    this.recent.push({ at: this.#clock.now(), node, message: error.message });
    if (this.recent.length > RECENT) this.recent.shift();
  }

  #letter(
    identity: string,
    node: string,
    source: string,
    records: Records,
    index: number,
    error: DataError,
    attempts: number,
  ): DeadLetter {
    const now = this.#clock.now();
    return {
      id: `${identity}@${node}`,
      job: this.#job,
      epoch: this.#epoch,
      source,
      partition: records.partition,
      position: records.offset(index),
      node,
      error: { code: error.code, message: error.message, retryable: error.retryable },
      attempts,
      firstAt: now,
      lastAt: now,
      bytes: records.bytes(index),
      key: records.key(index),
      headers: textHeaders(records.headers(index)),
    };
  }
}

function textHeaders(headers: Headers): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined)
      texts[name] = typeof last === 'string' ? last : Buffer.from(last).toString('utf8');
  }
  return texts;
}
