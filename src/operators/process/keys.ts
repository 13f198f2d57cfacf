import type { Millis } from '../../clock.ts';
import type { Event } from '../../event.ts';
import { Deadlines } from '../detect/deadlines.ts';
import type { Entry, KeyTable } from '../detect/key-table.ts';
import { Call, type CallHost, type ProcessState } from './call.ts';
import { LastTimers } from './last-timers.ts';
import type { UserKey, UserModule } from './module.ts';

export interface KeysParts {
  /** The module's, for messages. */
  readonly file: string;
  readonly module: UserModule;
  readonly table: KeyTable<ProcessState>;
  /** How long state outlives its key's newest event, in event time; may be infinite. */
  readonly ttl: Millis;
}

/** What a module keeps of its keys, and when it wants to be called for them. */
export class Keys {
  readonly #parts: KeysParts;
  /** Not after any timer of the key. */
  readonly #timers = new Deadlines<Entry<ProcessState>>();
  /** When state may have outlived its key's newest event. */
  readonly #ends = new Deadlines<Entry<ProcessState>>();
  readonly #lastTimers: LastTimers;

  constructor(parts: KeysParts) {
    this.#parts = parts;
    this.#lastTimers = new LastTimers(parts.file);
  }

  /** The watermark at which all timers will have been called. */
  get horizon(): Millis {
    return this.#timers.horizon;
  }

  /** Whether watermarks matter. */
  get goByTime(): boolean {
    return this.#parts.module.timer !== undefined || this.#expire;
  }

  /** When something falls due next; +Infinity if nothing does. */
  get earliest(): Millis {
    return Math.min(this.#timers.earliest, this.#ends.earliest);
  }

  /** What tells the event's key from others. Throws DataError. */
  nameOf(event: Event): string {
    return this.#parts.table.of(event).text;
  }

  /** The event's key; `done` must be called for it in the end. Throws DataError. */
  of(event: Event): Entry<ProcessState> {
    const entry = this.#parts.table.of(event);
    const { seenAt } = entry.state;
    const { time } = event;
    // Other keys need not have been that far in time for this one's state to be too old.
    if (time !== null && seenAt !== null && time > seenAt + this.#parts.ttl) this.#forgetValues(entry);
    return entry;
  }

  /** A call for this key. Throws SpecError for a timer if there is no end of them. */
  call(entry: Entry<ProcessState>, when: Omit<CallHost, 'hasTimer' | 'plan'>): Call {
    const { after, watermark } = when;
    const isLast = after !== undefined && watermark === Number.POSITIVE_INFINITY;
    const before = isLast ? this.#lastTimers.called(entry, after) : 0;
    const plan = (at: Millis) => {
      this.#timers.plan(entry, at);
      if (isLast) this.#lastTimers.asked(entry, at, before);
    };
    return new Call(this.#parts.table.edit(entry), {
      ...when,
      hasTimer: this.#parts.module.timer !== undefined,
      plan,
    });
  }

  /** The values of the key: one alone as it is, several as an object, none as null. */
  keyOf(entry: Entry<ProcessState>): UserKey {
    const fields = this.#parts.table.fieldsOf(entry);
    const values = Object.values(fields);
    if (values.length === 0) return null;
    return values.length === 1 ? values[0]! : fields;
  }

  /** The call for an event of this key is over. */
  done(entry: Entry<ProcessState>, { time }: Event): void {
    if (!this.#forgetIfEmpty(entry) && time !== null) this.#seen(entry, time);
  }

  /** The call for a timer of this key is over. */
  timerDone(entry: Entry<ProcessState>, at: Millis): void {
    if (this.#forgetIfEmpty(entry)) return;
    const { seenAt, values } = entry.state;
    // What it has set when the state before had come to its end must come to one, too.
    if (seenAt === null && hasFields(values)) this.#seen(entry, at);
  }

  /** The keys whose timers are due first, if that is by the watermark; those timers are gone. */
  due(watermark: Millis): { at: Millis; entries: readonly Entry<ProcessState>[] } | undefined {
    for (;;) {
      const at = this.earliest;
      if (at > watermark || at === Number.POSITIVE_INFINITY) return undefined;
      const due = this.#timers.take(at);
      if (due !== undefined) return { at, entries: due.entries.filter((entry) => this.#isDue(entry, at)) };
      this.#ends.run(at, (entry) => this.#end(entry, at));
    }
  }

  restored(): void {
    for (const entry of this.#parts.table.restore()) {
      const { timers, seenAt } = entry.state;
      for (const at of timers) this.#timers.plan(entry, at);
      if (this.#expire && seenAt !== null) this.#planEnd(entry, seenAt);
    }
  }

  get #expire(): boolean {
    return this.#parts.ttl < Number.POSITIVE_INFINITY;
  }

  /** Takes the timer of this time out, if there is one, and plans the next. */
  #isDue(entry: Entry<ProcessState>, at: Millis): boolean {
    const index = entry.state.timers.indexOf(at);
    if (index >= 0) this.#parts.table.edit(entry).timers.splice(index, 1);
    const { timers } = entry.state;
    if (timers.length > 0) this.#timers.plan(entry, earliestOf(timers));
    return index >= 0;
  }

  /** An event moves the end of its key's state; the end that was planned before is seen to be too early when it comes. */
  #seen(entry: Entry<ProcessState>, time: Millis): void {
    if (!this.#expire) return;
    const { seenAt } = entry.state;
    if (seenAt !== null && time <= seenAt) return;
    this.#parts.table.edit(entry).seenAt = time;
    if (seenAt === null) this.#planEnd(entry, time);
  }

  #planEnd(entry: Entry<ProcessState>, seenAt: Millis): void {
    this.#ends.plan(entry, seenAt + this.#parts.ttl);
  }

  #end(entry: Entry<ProcessState>, at: Millis): void {
    const { table, ttl } = this.#parts;
    const { seenAt, timers } = entry.state;
    if (seenAt === null) return;
    // It was planned for an event before the newest one.
    if (seenAt + ttl > at) this.#planEnd(entry, seenAt);
    else if (timers.length === 0) this.#forget(entry);
    else {
      this.#forgetValues(entry);
      table.edit(entry).seenAt = null;
    }
  }

  #forgetIfEmpty(entry: Entry<ProcessState>): boolean {
    const { values, timers } = entry.state;
    if (timers.length > 0 || hasFields(values)) return false;
    this.#forget(entry);
    return true;
  }

  #forget(entry: Entry<ProcessState>): void {
    this.#parts.table.forget(entry);
    this.#timers.drop(entry);
    this.#ends.drop(entry);
  }

  /** What the module is to be called for stays. */
  #forgetValues(entry: Entry<ProcessState>): void {
    this.#parts.table.edit(entry).values = {};
  }
}

function hasFields(values: Readonly<Record<string, unknown>>): boolean {
  for (const _name in values) return true;
  return false;
}

function earliestOf(timers: readonly Millis[]): Millis {
  let earliest = Number.POSITIVE_INFINITY;
  for (const at of timers) if (at < earliest) earliest = at;
  return earliest;
}
