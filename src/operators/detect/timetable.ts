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
    while (this.#schedule.earliest <= last && this.#schedule.earliest !== Number.POSITIVE_INFINITY) {
      const at = this.#schedule.earliest;
      const due = this.#schedule.take();
      if (due.length > 1) due.sort((one, other) => one.order - other.order);
      for (const entry of due) act(entry, at);
    }
  }
}
