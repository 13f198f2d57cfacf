import { hashesOf } from '../../../aggregation/sketches/hash.ts';
import type { Millis } from '../../../clock.ts';
import { type Event, identityOf } from '../../../event.ts';
import type { KeyedState } from '../../../state/keyed-state.ts';
import { Schedule } from '../../window/schedule.ts';

/**
 * The events of a key that were passed on and can still have repeats, most often one: of each its time, and behind it a hash
 * of its identity.
 */
export type PassedOn = readonly number[];

/** So many numbers tell of an event. */
const EACH = 2;

/**
 * Tells repeats from first events: an event is a repeat if another one of its key was passed on that is at most `within` away
 * from it, before or after. What was passed on counts until the watermark is more than `within` past its time.
 */
export class Seen {
  readonly #passedOn: KeyedState<PassedOn>;
  readonly #within: Millis;
  /** Events are forgotten together that share a span of this length. */
  readonly #span: Millis;
  /** Which keys have events that can be forgotten, and when. */
  readonly #due = new Schedule<string>();
  #watermark = Number.NEGATIVE_INFINITY;
  #isPlanned = false;

  constructor(passedOn: KeyedState<PassedOn>, within: Millis) {
    this.#passedOn = passedOn;
    this.#within = within;
    this.#span = Math.max(1, within);
  }

  /** If it is none, it is passed on. A dead letter that was passed on and refused behind it is no repeat of itself. */
  isRepeat(key: string, time: Millis, event: Event): boolean {
    const known = this.#passedOn.get(key);
    const near = known === undefined ? -1 : this.#nearIn(known, time);
    if (near >= 0) return known![near] !== time || known![near + 1] !== hashOf(event);
    if (this.#isOver(time)) return false;
    this.#planAll();
    const live = known === undefined ? [] : this.#liveOf(known);
    this.#passedOn.set(key, [...live, time, hashOf(event)]);
    this.#plan(key, time);
    return false;
  }

  advance(watermark: Millis): void {
    this.#watermark = watermark;
    this.#planAll();
    while (this.#due.earliest < watermark) {
      for (const key of this.#due.take()) this.#forget(key);
    }
  }

  /** Where the event stands that is near to this time; -1 if none is. */
  #nearIn(known: PassedOn, time: Millis): number {
    for (let at = 0; at < known.length; at += EACH) {
      if (!this.#isOver(known[at]!) && Math.abs(time - known[at]!) <= this.#within) return at;
    }
    return -1;
  }

  /** Also of what is not forgotten yet: a recovery must not show. */
  #isOver(time: Millis): boolean {
    return time + this.#within < this.#watermark;
  }

  #liveOf(known: PassedOn): PassedOn {
    return known.filter((_, at) => !this.#isOver(known[at - (at % EACH)]!));
  }

  #forget(key: string): void {
    const known = this.#passedOn.get(key);
    if (known === undefined) return;
    const live = this.#liveOf(known);
    if (live.length === 0) this.#passedOn.delete(key);
    else if (live.length < known.length) this.#passedOn.set(key, live);
  }

  /** What a checkpoint brought back is not planned yet. */
  #planAll(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    for (const [key, known] of this.#passedOn.entries()) {
      for (let at = 0; at < known.length; at += EACH) this.#plan(key, known[at]!);
    }
  }

  #plan(key: string, time: Millis): void {
    this.#due.add(key, (Math.floor(time / this.#span) + 1) * this.#span + this.#within);
  }
}

function hashOf(event: Event): number {
  return hashesOf(identityOf(event))[0];
}
