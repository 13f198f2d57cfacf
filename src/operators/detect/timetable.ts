import type { Millis } from '../../clock.ts';
import { Schedule } from '../window/schedule.ts';

/** Which keys are due at which event time; those of one time in the order in which the keys arrived. */
export class Timetable<Entry extends { readonly order: number }> {
  readonly #schedule = new Schedule<Entry>();
  /** The watermark at which all that was ever planned is done. */
  horizon: Millis = Number.NEGATIVE_INFINITY;

  plan(entry: Entry, at: Millis): void {
    this.#schedule.add(entry, at);
    if (at > this.horizon) this.horizon = at;
  }

  get earliest(): Millis {
    return this.#schedule.earliest;
  }

  /** Calls `act` for all that is due by `last`, what it plans meanwhile too. */
  run(last: Millis, act: (entry: Entry, at: Millis) => void): void {
    for (let due = this.take(last); due !== undefined; due = this.take(last)) {
      for (const entry of due.entries) act(entry, due.at);
    }
  }

  /** Takes out what is due first, if that is by `last`. */
  take(last: Millis): { at: Millis; entries: readonly Entry[] } | undefined {
    const at = this.#schedule.earliest;
    if (at > last || at === Number.POSITIVE_INFINITY) return undefined;
    const entries = this.#schedule.take();
    if (entries.length > 1) entries.sort((one, other) => one.order - other.order);
    return { at, entries };
  }
}
