import type { Millis } from '../../clock.ts';
import { type KeyPanes, NEVER } from './key-panes.ts';
import { Schedule } from './schedule.ts';

/** One of the two things that happen to every window: it fires, or it closes. */
export type Step = 'firing' | 'closing';

/** Which key's window is next, for one step; a key has one window at a time in it. */
export class Agenda {
  readonly #step: Step;
  readonly #schedule = new Schedule<KeyPanes>();

  constructor(step: Step) {
    this.#step = step;
  }

  /** The end of the next window of all. */
  get earliest(): Millis {
    return this.#schedule.earliest;
  }

  /** Puts the key's next window forward to the one that ends at `end`, if that is earlier. */
  bring(panes: KeyPanes, end: Millis): void {
    if (end < panes[this.#step].next) this.#plan(panes, end);
  }

  /**
   * Calls `act` for all windows that end at `last` or before: by their ends, then in the order in which their keys
   * arrived. `behind` gives the end of the key's window after that one, NEVER if there is none.
   */
  run(
    last: Millis,
    act: (panes: KeyPanes, end: Millis) => void,
    behind: (panes: KeyPanes, end: Millis) => Millis,
  ): void {
    while (this.#schedule.earliest <= last && this.#schedule.earliest !== NEVER) {
      const end = this.#schedule.earliest;
      for (const panes of inOrderOfArrival(this.#schedule.take())) {
        // A key that was brought forward has an entry for its former window left.
        if (panes[this.#step].next !== end) continue;
        act(panes, end);
        this.#plan(panes, behind(panes, end));
      }
    }
  }

  #plan(panes: KeyPanes, end: Millis): void {
    panes[this.#step].next = end;
    if (end !== NEVER) this.#schedule.add(panes, end);
  }
}

/** Sorted only if need be: keys are planned in the order of their arrival unless panes came out of order. */
function inOrderOfArrival(panes: KeyPanes[]): KeyPanes[] {
  for (let index = 1; index < panes.length; index++) {
    if (panes[index]!.order < panes[index - 1]!.order) {
      return panes.sort((one, other) => one.order - other.order);
    }
  }
  return panes;
}
