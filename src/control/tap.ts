import type { Clock, Millis } from '../clock.ts';
import { codecs } from '../codecs/index.ts';
import { DataError, messageOf } from '../errors.ts';
import type { Event } from '../event.ts';
import { compilePredicate } from '../expression/compile.ts';
import { parseExpression } from '../expression/parse.ts';
import type { Predicate } from '../expression/scalar.ts';
import type { Tapping } from '../runtime/tap.ts';
import type { EventsReply, TapRequest } from './protocol.ts';

/** What a tap may take of the job until it is asked again. */
export interface Allowance {
  /** Events to show. */
  readonly room: number;
  /** Time to spend on looking whether events are to be shown. */
  readonly time: Millis;
}

/** The events that one tap has seen since they were last taken. */
export class Tap {
  readonly #clock: Clock;
  readonly #encoder;
  readonly #where: Predicate | undefined;
  #events: Event[] = [];
  #left: number;
  #allowance: Allowance = { room: 0, time: 0 };
  #spent: Millis = 0;
  /** Events that it looked at, whether they match or not. */
  #looked = 0;
  #dropped = 0;

  /** Throws SpecError for a condition that is none. */
  constructor({ where, format, limit }: TapRequest, clock: Clock) {
    this.#clock = clock;
    this.#encoder = codecs[format].encoder({});
    this.#where = where === undefined ? undefined : compilePredicate(parseExpression(where));
    this.#left = limit ?? Number.POSITIVE_INFINITY;
  }

  /** Whether it has seen as many events as it was to. */
  get isDone(): boolean {
    return this.#left === 0 && this.#events.length === 0;
  }

  /** Looks at an event. Tells whether there is room, and time, for one more. */
  readonly see = (event: Event): boolean => {
    this.#looked++;
    if (this.#where === undefined || this.#matches(event, this.#where)) {
      this.#left--;
      this.#events.push(event);
    }
    return this.#isOpen;
  };

  /** What there is to tell of the events that passed so far, if anything; then looks on. */
  take(allowance: Allowance, tapping: Tapping): EventsReply | undefined {
    const events = this.#events;
    // What came after the last event of a limit was not to be shown.
    const unseen = this.#left === 0 ? 0 : tapping.passed - this.#looked - this.#dropped;
    this.#dropped += unseen;
    this.#events = [];
    this.#allowance = allowance;
    this.#spent = 0;
    if (this.#isOpen) tapping.look();
    return events.length === 0 && unseen === 0 ? undefined : { ...this.#encode(events), dropped: unseen };
  }

  get #isOpen(): boolean {
    const { room, time } = this.#allowance;
    return this.#left > 0 && this.#events.length < room && this.#spent < time;
  }

  #encode(events: readonly Event[]): Pick<EventsReply, 'text' | 'refused' | 'reason'> {
    let text = '';
    let refused = 0;
    let reason: string | null = null;
    for (const { value } of events) {
      try {
        text += this.#encoder.encode(value);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        refused++;
        reason = messageOf(error);
      }
    }
    return { text, refused, reason };
  }

  /** An event whose values don't fit the condition does not match; the job's own filters judge for themselves. */
  #matches(event: Event, where: Predicate): boolean {
    const began = this.#clock.elapsed();
    try {
      return where(event);
    } catch (error) {
      if (error instanceof DataError) return false;
      throw error;
    } finally {
      this.#spent += this.#clock.elapsed() - began;
    }
  }
}
