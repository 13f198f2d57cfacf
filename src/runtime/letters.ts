import type { DeadLetter, LetterEvent, LetterStatus } from '../checkpoint/dead-letter.ts';
import type { Clock } from '../clock.ts';
import type { DataError } from '../errors.ts';
import { type Event, identityOf, type Origin, type Records } from '../event.ts';
import type { NodeCounters } from '../metrics/counters.ts';
import type { OnError } from '../spec/job.ts';
import { letterHeaders } from './letter-event.ts';
import { Reasons } from './reasons.ts';
import { RecentErrors } from './recent-errors.ts';

/** Ends the job when a node says `on_error: fail`. */
class RejectedError extends Error {
  override readonly name = 'RejectedError';
}

export interface LetterHost {
  readonly job: string;
  readonly epoch: number;
  readonly clock: Clock;
  /** A write token that stands behind those of all rows so far, and before those of all to come. */
  token(): bigint;
  /** Whether letters are replayed into a sink that is not the job's: they stay letters of the node that refused them. */
  readonly isElsewhere?: boolean;
}

interface OnItsWay {
  readonly letter: DeadLetter;
  /** With which it went in. */
  readonly records: Records;
  readonly maxAttempts: number;
}

/** How an event came to be refused. */
interface Refused {
  readonly attempts?: number;
  /** What the node was given, if it made the event of that: what can be given to it again. */
  readonly given?: Event;
  /** The input of the node that it came in by. */
  readonly port?: number;
  /** The write token that its row had. */
  readonly token?: bigint | undefined;
  /** The letter that it was before, if an earlier process replayed it. */
  readonly before?: DeadLetter | undefined;
}

/** Takes what nodes refuse, and makes dead letters of it, skips it, or ends the job, as the node's `on_error` says. */
export class LetterBox {
  readonly recent = new RecentErrors();
  readonly reasons = new Reasons();
  readonly #host: LetterHost;
  /** Letters on their way again, by their events: several nodes may have refused one. */
  readonly #replayed = new Map<string, OnItsWay[]>();
  /** By the letter's id. */
  readonly #failedAgain = new Map<string, LetterStatus>();
  #letters: DeadLetter[] = [];

  constructor(host: LetterHost) {
    this.#host = host;
  }

  /**
   * The letter is on its way through the job again: if it comes back, it is one attempt more, and in quarantine after
   * `maxAttempts`. Tells its event's identity.
   */
  replaying(letter: DeadLetter, { records }: Origin, maxAttempts: number): string {
    const event = eventIn(letter);
    const sameEvent = this.#replayed.get(event);
    if (sameEvent === undefined) this.#replayed.set(event, [{ letter, records, maxAttempts }]);
    else sameEvent.push({ letter, records, maxAttempts });
    return event;
  }

  /** Those that were on their way are through. */
  endReplay(): void {
    this.#replayed.clear();
    this.#failedAgain.clear();
  }

  /** The letter that the event is of, for a node that may refuse it. */
  replayedOf(event: Event, node: string): DeadLetter | undefined {
    if (this.#replayed.size === 0) return undefined;
    return this.#onItsWay(identityOf(event), node, event.origin.records)?.letter;
  }

  /** Of the replayed letters, those that came back, and what became of them. */
  get failedAgain(): readonly LetterStatus[] {
    return [...this.#failedAgain.values()];
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
  reject(node: NodeCounters, onError: OnError, event: Event, error: DataError, how: Refused = {}): void {
    const letter = this.judge(node, onError, event, error, how);
    if (letter !== undefined) this.#letters.push(letter);
  }

  /** The same for a record that never became an event. */
  rejectRecord(node: NodeCounters, source: string, records: Records, index: number, error: DataError): void {
    const position = records.offset(index);
    const identity = `${source}:${records.partition}:${position}`;
    node.deadLetters++;
    this.#note(node.name, error);
    const id = `${identity}@${node.name}`;
    this.#letters.push(
      this.#letter({ id, node: node.name, port: 0, event: null, attempts: 1 }, source, records, index, error),
    );
  }

  /** Counts the refusal and gives its letter, for the caller to put where it belongs; undefined if it is skipped. */
  judge(
    node: NodeCounters,
    onError: OnError,
    event: Event,
    error: DataError,
    { attempts = 1, port = 0, token, before, given = event }: Refused = {},
  ): DeadLetter | undefined {
    if (onError === 'fail') {
      node.failed++;
      throw new RejectedError(`${node.name}: ${error.message}`, { cause: error });
    }
    this.#note(node.name, error);
    if (onError === 'skip') {
      node.skipped++;
      return undefined;
    }
    node.deadLetters++;
    const { source, records } = event.origin;
    const id = `${identityOf(event)}@${node.name}`;
    const what = { id, node: node.name, port, event: letterEvent(given), attempts, token, before };
    return this.#letter(what, source, records, event.index, error);
  }

  /** Which letter comes back as the event: of several, the node's own, else the one whose record it is. */
  #onItsWay(event: string, node: string, records: Records, known?: DeadLetter): OnItsWay | undefined {
    const letters = this.#replayed.get(event);
    if (letters === undefined || letters.length === 1) return letters?.[0];
    if (known !== undefined) return letters.find(({ letter }) => letter.id === known.id);
    const ofNode = this.#host.isElsewhere ? undefined : letters.find(({ letter }) => letter.node === node);
    return ofNode ?? letters.find((each) => each.records === records) ?? letters[0];
  }

  #note(node: string, error: DataError): void {
    this.recent.note(this.#host.clock.now(), node, error);
    this.reasons.count(node, error);
  }

  #letter(
    {
      attempts,
      token,
      before: earlier,
      ...what
    }: Pick<DeadLetter, 'id' | 'node' | 'port' | 'event' | 'attempts'> & Refused,
    source: string,
    records: Records,
    index: number,
    error: DataError,
  ): DeadLetter {
    const { job, epoch, clock } = this.#host;
    const now = clock.now();
    const event = eventIn(what);
    const own = this.#onItsWay(event, what.node, records, earlier);
    const before = own?.letter ?? earlier;
    const all = (before?.attempts ?? 0) + attempts;
    const status = all >= (own?.maxAttempts ?? Number.POSITIVE_INFINITY) ? 'quarantined' : 'waiting';
    if (own !== undefined) this.#failedAgain.set(own.letter.id, status);
    const { code, message, retryable } = error;
    const reason = { code, message, retryable };
    if (before !== undefined && this.#host.isElsewhere === true)
      return { ...before, error: reason, attempts: all, status, lastAt: now, epoch };
    return {
      ...what,
      job,
      epoch,
      source,
      partition: records.partition,
      position: records.offset(index),
      step: error.step,
      error: reason,
      attempts: all,
      status,
      firstAt: before?.firstAt ?? now,
      lastAt: now,
      token: before?.token ?? token ?? this.#host.token(),
      timestamp: records.timestamp(index),
      bytes: records.bytes(index),
      key: records.key(index),
      headers: letterHeaders(records, index),
    };
  }
}

/** The identity of a letter's event: it may be refused by another node than before. */
function eventIn({ id, node }: Pick<DeadLetter, 'id' | 'node'>): string {
  return id.slice(0, -node.length - 1);
}

function letterEvent({ value, time, id, change, firing, final }: Event): LetterEvent {
  return { value, time, id, change, firing, final };
}
