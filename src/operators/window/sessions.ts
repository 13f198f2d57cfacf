import type { Aggregates } from '../../aggregation/aggregates.ts';
import type { Millis } from '../../clock.ts';
import type { Context, Operator } from '../../component/operator.ts';
import type { Event } from '../../event.ts';
import { checkReach } from './grid.ts';
import { isInput, timeOf } from './input.ts';
import type { Key } from './keys.ts';
import type { Progress } from './progress.ts';
import { notFired, type Results } from './results.ts';
import { Schedule } from './schedule.ts';
import type { Session } from './session.ts';
import type { SessionTable } from './session-table.ts';

export interface SessionParts {
  readonly gap: Millis;
  /** How long after its end a session still takes events. */
  readonly lateness: Millis;
  /** How often, in processing time, sessions fire before their ends; never if undefined. */
  readonly early: Millis | undefined;
  readonly key: Key;
  readonly aggregates: Aggregates;
  readonly results: Results;
  readonly table: SessionTable;
  readonly progress: Progress;
}

/**
 * Windows that end when a key has been quiet for longer than `gap`: two events at most `gap` apart share one, and an
 * event between two may make them one. A session ends `gap` after its last event; an event at that very moment still
 * belongs to it, so it fires when the watermark has reached the end itself. Sessions fire in the order of their ends,
 * those of equal end in the order in which they began.
 */
export class Sessions implements Operator {
  readonly hold: Millis;
  readonly period: Millis | undefined;
  readonly #parts: SessionParts;
  readonly #schedule = new Schedule<Session>();
  /** The watermark at which all sessions that there ever were are closed. */
  #horizon: Millis = Number.NEGATIVE_INFINITY;
  /** Changed since the last early firing. */
  readonly #touched = new Set<Session>();

  constructor(parts: SessionParts) {
    this.#parts = parts;
    // A result's time is a millisecond before the end.
    this.hold = parts.lateness + 1;
    this.period = parts.early;
  }

  get horizon(): Millis {
    return this.#horizon;
  }

  process(event: Event, context: Context): void {
    if (!isInput(event)) {
      context.filtered(event);
      return;
    }
    const { gap, lateness, key, aggregates, table, progress } = this.#parts;
    const { watermark } = context;
    const time = timeOf(event);
    checkReach(time, gap);
    const identity = key.read(event);
    const near = table.near(identity, time, gap);
    const last = Math.max(time, near.at(-1)?.state.last ?? time);
    if (watermark >= last + gap - 1 + lateness) {
      context.late(event);
      return;
    }
    aggregates.read(event);
    const session = near.length === 0 ? table.begin(identity, time) : this.#join(near, time, context);
    aggregates.add(table.edit(session).slots, event);

    const end = last + gap;
    this.#horizon = Math.max(this.#horizon, end + lateness);
    if (watermark >= end) {
      progress.reach(watermark);
      this.#fireAtEnd(session, false, context);
    }
    this.#bring(session, watermark >= end ? end + lateness : end);
    if (this.period !== undefined) this.#touched.add(session);
  }

  advance(watermark: Millis, context: Context): void {
    if (watermark < this.#schedule.earliest) return;
    const { lateness, progress } = this.#parts;
    progress.reach(watermark);
    for (const session of this.#takeDue(watermark)) {
      const closing = this.#endOf(session) + lateness;
      const final = closing <= watermark;
      this.#fireAtEnd(session, final, context);
      if (final) this.#parts.table.end(session);
      else this.#plan(session, closing);
    }
  }

  tick(context: Context): void {
    for (const session of this.#touched) {
      const isLive = !Number.isNaN(session.due);
      if (isLive && this.#endOf(session) > context.watermark) this.#fire(session, false, context);
    }
    this.#touched.clear();
  }

  restored(): void {
    const { lateness, table, progress } = this.#parts;
    for (const session of table.restore()) {
      const end = this.#endOf(session);
      this.#horizon = Math.max(this.#horizon, end + lateness);
      if (end <= progress.watermark) session.firedEnd = end;
      this.#plan(session, session.firedEnd === end ? end + lateness : end);
    }
  }

  /** Makes one session of those that the event at `time` touches. */
  #join(near: readonly Session[], time: Millis, context: Context): Session {
    const { aggregates, table } = this.#parts;
    const [first, ...others] = near as [Session, ...Session[]];
    if (time < first.state.start) {
      // Its start is part of its identity: what was emitted under the old one is no more.
      this.#takeBack(first, context);
      const state = table.edit(first);
      state.start = time;
      state.firing = notFired;
    }
    // The others end first: no two sessions in the table may overlap.
    for (const other of others) {
      this.#takeBack(other, context);
      table.end(other);
    }
    const state = table.edit(first);
    for (const other of others) aggregates.merge(state.slots, other.state.slots);
    state.last = Math.max(state.last, time, ...others.map((other) => other.state.last));
    return first;
  }

  /** The sessions for which the time has come, taken from the schedule; those that went on meanwhile are put back. */
  #takeDue(watermark: Millis): Session[] {
    const due: Session[] = [];
    while (this.#schedule.earliest <= watermark && this.#schedule.earliest !== Number.POSITIVE_INFINITY) {
      const at = this.#schedule.earliest;
      for (const session of this.#schedule.take()) {
        if (session.due !== at) continue;
        // Its time may stand in the schedule twice.
        session.due = Number.NaN;
        const next = this.#nextDue(session);
        if (next > watermark) this.#plan(session, next);
        else due.push(session);
      }
    }
    return due.sort(
      (one, other) => this.#endOf(one) - this.#endOf(other) || one.state.order - other.state.order,
    );
  }

  #nextDue(session: Session): Millis {
    const end = this.#endOf(session);
    return session.firedEnd === end ? end + this.#parts.lateness : end;
  }

  #bring(session: Session, at: Millis): void {
    // An entry that is too early is put back when it comes up: an event costs no entry.
    if (Number.isNaN(session.due) || at < session.due) this.#plan(session, at);
  }

  #plan(session: Session, at: Millis): void {
    session.due = at;
    this.#schedule.add(session, at);
  }

  /** What fires early has not fired at its end. */
  #fireAtEnd(session: Session, final: boolean, context: Context): void {
    session.firedEnd = this.#endOf(session);
    this.#fire(session, final, context);
  }

  #fire(session: Session, final: boolean, context: Context): void {
    const { results, table } = this.#parts;
    const state = table.edit(session);
    state.firing = results.emit(context, this.#windowOf(session), state.slots, state.firing, final);
  }

  #takeBack(session: Session, context: Context): void {
    const { slots, firing } = session.state;
    this.#parts.results.remove(context, this.#windowOf(session), slots, firing);
  }

  #windowOf(session: Session) {
    const { text, state } = session;
    return { key: state.key, text, start: state.start, end: this.#endOf(session) };
  }

  #endOf({ state }: Session): Millis {
    return state.last + this.#parts.gap;
  }
}
