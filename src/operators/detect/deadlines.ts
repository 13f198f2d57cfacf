import type { Millis } from '../../clock.ts';
import { Timetable } from './timetable.ts';

/** The timetable is made anew when more than this, and more than half, of what is in it counts no more. */
const FEW = 1000;

/**
 * When each key is to be looked at next: one time a key, however often that changes. Whoever is called for a key plans the
 * next time himself, and finds that he comes too early where it was put off meanwhile.
 */
export class Deadlines<Entry extends { readonly order: number }> {
  /** May hold times that keys had before. */
  #timetable = new Timetable<Entry>();
  readonly #next = new Map<Entry, Millis>();
  /** How much of what is in the timetable counts no more. */
  #stale = 0;
  /** The watermark at which all that was ever planned is done. */
  horizon: Millis = Number.NEGATIVE_INFINITY;

  /** Sees to it that the key is looked at by then; if it will be before, that stays. */
  plan(entry: Entry, at: Millis): void {
    if (at > this.horizon) this.horizon = at;
    const next = this.#next.get(entry);
    if (next !== undefined && next <= at) return;
    this.#next.set(entry, at);
    this.#timetable.plan(entry, at);
    if (next !== undefined) this.#outdate();
  }

  /** The key is not looked at any more. */
  drop(entry: Entry): void {
    if (this.#next.delete(entry)) this.#outdate();
  }

  /** Nothing is due before; +Infinity if nothing is due at all. */
  get earliest(): Millis {
    return this.#timetable.earliest;
  }

  /** Calls `act` for all that is due by `last`, what it plans meanwhile too. */
  run(last: Millis, act: (entry: Entry, at: Millis) => void): void {
    for (let due = this.take(last); due !== undefined; due = this.take(last)) {
      for (const entry of due.entries) act(entry, due.at);
    }
  }

  /** Takes out what is due first, if that is by `last`; that may be no key. */
  take(last: Millis): { at: Millis; entries: readonly Entry[] } | undefined {
    const due = this.#timetable.take(last);
    if (due === undefined) return undefined;
    const { at } = due;
    const entries = due.entries.filter((entry) => {
      const isNext = this.#next.get(entry) === at;
      if (isNext) this.#next.delete(entry);
      else this.#stale--;
      return isNext;
    });
    return { at, entries };
  }

  #outdate(): void {
    this.#stale++;
    if (this.#stale <= FEW || this.#stale <= this.#next.size) return;
    this.#timetable = new Timetable();
    for (const [entry, at] of this.#next) this.#timetable.plan(entry, at);
    this.#stale = 0;
  }
}
