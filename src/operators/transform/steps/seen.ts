import type { Millis } from '../../../clock.ts';
import type { KeyedState } from '../../../state/keyed-state.ts';
import { Schedule } from '../../window/schedule.ts';

/** The times of a key's events that were passed on, and that can still have repeats; most keys have one. */
export type PassedOn = Millis | readonly Millis[];

/**
 * Tells repeats from first events: an event is a repeat if one of its key was passed on that is at most `within` away from
 * it, before or after. What was passed on counts until the watermark is more than `within` past its time.
 */
export class Seen {
  readonly #times: KeyedState<PassedOn>;
  readonly #within: Millis;
  /** Times are forgotten together that share a span of this length. */
  readonly #span: Millis;
  /** Which keys have times that can be forgotten, and when. */
  readonly #due = new Schedule<string>();
  #watermark = Number.NEGATIVE_INFINITY;
  #isPlanned = false;

  constructor(times: KeyedState<PassedOn>, within: Millis) {
    this.#times = times;
    this.#within = within;
    this.#span = Math.max(1, within);
  }

  /** If it is none, it is passed on. */
  isRepeat(key: string, time: Millis): boolean {
    const known = this.#times.get(key);
    if (known !== undefined && this.#isNear(known, time)) return true;
    if (this.#isOver(time)) return false;
    this.#planAll();
    this.#times.set(key, known === undefined ? time : this.#withTime(known, time));
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

  #isNear(known: PassedOn, time: Millis): boolean {
    if (typeof known === 'number') return !this.#isOver(known) && Math.abs(time - known) <= this.#within;
    for (const each of known) if (!this.#isOver(each) && Math.abs(time - each) <= this.#within) return true;
    return false;
  }

  /** Also of times that are not forgotten yet: a recovery must not show. */
  #isOver(time: Millis): boolean {
    return time + this.#within < this.#watermark;
  }

  #withTime(known: PassedOn, time: Millis): PassedOn {
    const live = this.#liveOf(known);
    return live.length === 0 ? time : [...live, time];
  }

  #liveOf(known: PassedOn): readonly Millis[] {
    const all = typeof known === 'number' ? [known] : known;
    return all.filter((time) => !this.#isOver(time));
  }

  #forget(key: string): void {
    const known = this.#times.get(key);
    if (known === undefined) return;
    const live = this.#liveOf(known);
    if (live.length === 0) this.#times.delete(key);
    else if (typeof known !== 'number' && live.length < known.length)
      this.#times.set(key, live.length === 1 ? live[0]! : live);
  }

  /** What a checkpoint brought back is not planned yet. */
  #planAll(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    for (const [key, known] of this.#times.entries()) {
      if (typeof known === 'number') this.#plan(key, known);
      else for (const time of known) this.#plan(key, time);
    }
  }

  #plan(key: string, time: Millis): void {
    this.#due.add(key, (Math.floor(time / this.#span) + 1) * this.#span + this.#within);
  }
}
