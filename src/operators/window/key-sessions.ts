import type { Millis } from '../../clock.ts';
import type { Session } from './session.ts';

const NONE: readonly Session[] = [];

/**
 * One key's live sessions, by time; no two of them touch. They end at the front and begin at the back, mostly: neither
 * costs more where there are many.
 */
export class KeySessions {
  #sessions: Session[] = [];
  /** Those before have ended. */
  #head = 0;

  get isEmpty(): boolean {
    return this.#head === this.#sessions.length;
  }

  /** Those that have an event at most `gap` away from `time`: none, one, or two that meet there. */
  near(time: Millis, gap: Millis): readonly Session[] {
    const sessions = this.#sessions;
    const first = this.#firstFrom(time - gap);
    let end = first;
    while (end < sessions.length && sessions[end]!.state.start - gap <= time) end++;
    return first === end ? NONE : sessions.slice(first, end);
  }

  add(session: Session): void {
    const index = this.#firstFrom(session.state.start);
    if (index === this.#sessions.length) this.#sessions.push(session);
    else this.#sessions.splice(index, 0, session);
  }

  remove(session: Session): void {
    const index = this.#firstFrom(session.state.start);
    if (this.#sessions[index] !== session) throw new Error(`session ${session.id} is not in its place`);
    if (index > this.#head) {
      this.#sessions.splice(index, 1);
      return;
    }
    this.#head++;
    if (this.#head * 2 <= this.#sessions.length) return;
    this.#sessions = this.#sessions.slice(this.#head);
    this.#head = 0;
  }

  /** The index of the first session whose last event is at `time` or later. */
  #firstFrom(time: Millis): number {
    const sessions = this.#sessions;
    let from = this.#head;
    let to = sessions.length;
    // The usual answer: the last, or behind it.
    if (to - 2 >= from && sessions[to - 2]!.state.last < time) from = to - 1;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (sessions[middle]!.state.last < time) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
