import { codecs } from '../codecs/index.ts';
import { DataError, messageOf } from '../errors.ts';
import type { Event } from '../event.ts';
import { compilePredicate } from '../expression/compile.ts';
import { parseExpression } from '../expression/parse.ts';
import type { Predicate } from '../expression/scalar.ts';
import type { EventsReply, TapRequest } from './protocol.ts';

/**
 * The events that one tap has seen since they were last taken. `see` runs for every event of the job: where there is no
 * room left it only counts, so a reader that is slow, or stopped, costs the job an addition an event.
 */
export class Tap {
  readonly #encoder;
  readonly #where: Predicate | undefined;
  #events: Event[] = [];
  #left: number;
  #room = 0;
  #dropped = 0;

  /** Throws SpecError for a condition that is none. */
  constructor({ where, format, limit }: TapRequest) {
    this.#encoder = codecs[format].encoder({});
    this.#where = where === undefined ? undefined : compilePredicate(parseExpression(where));
    this.#left = limit ?? Number.POSITIVE_INFINITY;
  }

  /** Whether it has seen as many events as it was to. */
  get isDone(): boolean {
    return this.#left === 0 && this.#events.length === 0;
  }

  readonly see = (event: Event): void => {
    if (this.#left === 0) return;
    if (this.#events.length >= this.#room) {
      this.#dropped++;
      return;
    }
    if (this.#where !== undefined && !this.#matches(event, this.#where)) return;
    this.#left--;
    this.#events.push(event);
  };

  /** What there is to tell, if anything, and room for as many more events. */
  take(room: number): EventsReply | undefined {
    const events = this.#events;
    const dropped = this.#dropped;
    this.#events = [];
    this.#dropped = 0;
    this.#room = room;
    return events.length === 0 && dropped === 0 ? undefined : { ...this.#encode(events), dropped };
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
    try {
      return where(event);
    } catch (error) {
      if (error instanceof DataError) return false;
      throw error;
    }
  }
}
