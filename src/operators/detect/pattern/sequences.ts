import type { Millis } from '../../../clock.ts';
import type { Context } from '../../../component/operator.ts';
import type { Event, JsonObject } from '../../../event.ts';
import type { Predicate } from '../../../expression/scalar.ts';
import { checkReach } from '../../window/grid.ts';
import { Deadlines } from '../deadlines.ts';
import type { Entry, KeyState, KeyTable } from '../key-table.ts';
import type { Part } from '../part.ts';
import { Timetable } from '../timetable.ts';

/** What happened to a key at one time. */
interface Moment {
  readonly time: Millis;
  first: boolean;
  second: boolean;
}

export interface SequenceState extends KeyState {
  /** Those that have not been looked at. By time. */
  readonly moments: Moment[];
  /** When the first event came, of each sequence that may still come about. By time. */
  begun: Millis[];
}

export interface SequenceParts {
  /** What alerts' identities begin with. */
  readonly identity: string;
  readonly length: Millis;
  readonly where: Predicate | undefined;
  readonly first: Predicate;
  readonly second: Predicate;
  /** Whether what is looked for is that the second does not come. */
  readonly absent: boolean;
  readonly table: KeyTable<SequenceState>;
  /** The fields of an alert beside the key. */
  alert(time: Millis, begun: Millis): JsonObject;
}

/**
 * One event and, later but at most `length` later, another: it fires at the second, for the newest first that has not
 * been answered. Or one event and no other within `length`: it fires then, for each first.
 */
export class Sequences implements Part {
  readonly #parts: SequenceParts;
  readonly #moments = new Timetable<Entry<SequenceState>>();
  /** Not after the end of the key's oldest sequence. */
  readonly #ends = new Deadlines<Entry<SequenceState>>();

  /** What the event last read may be. */
  #first = false;
  #second = false;

  constructor(parts: SequenceParts) {
    this.#parts = parts;
  }

  get horizon(): Millis {
    return Math.max(this.#moments.horizon, this.#ends.horizon);
  }

  read(event: Event, time: Millis): boolean {
    const { where, table, absent, length } = this.#parts;
    if (where !== undefined && !where(event)) return false;
    this.#first = this.#parts.first(event);
    this.#second = this.#parts.second(event);
    if (!this.#first && !this.#second) return false;
    // What does not come is told of when its time is over.
    if (absent && this.#first) checkReach(time, length);
    table.read(event);
    return true;
  }

  keep(_event: Event, time: Millis): void {
    const moment = this.#momentOf(this.#parts.table.current(), time);
    moment.first ||= this.#first;
    moment.second ||= this.#second;
  }

  advance(watermark: Millis, context: Context): void {
    for (;;) {
      const at = Math.min(this.#moments.earliest, this.#ends.earliest);
      if (at > watermark || at === Number.POSITIVE_INFINITY) return;
      // What comes at the very end still comes within the time.
      this.#moments.run(at, (entry) => this.#look(entry, context));
      this.#ends.run(at, (entry) => this.#end(entry, at, context));
    }
  }

  restored(): void {
    for (const entry of this.#parts.table.restore()) {
      for (const { time } of entry.state.moments) this.#moments.plan(entry, time);
      for (const begun of entry.state.begun) this.#ends.plan(entry, begun + this.#parts.length);
    }
  }

  #momentOf(entry: Entry<SequenceState>, time: Millis): Moment {
    const { moments } = this.#parts.table.edit(entry);
    let index = moments.length;
    while (index > 0 && moments[index - 1]!.time > time) index--;
    const there = moments[index - 1];
    if (there?.time === time) return there;
    const moment = { time, first: false, second: false };
    moments.splice(index, 0, moment);
    this.#moments.plan(entry, time);
    return moment;
  }

  #look(entry: Entry<SequenceState>, context: Context): void {
    const { absent, length, table } = this.#parts;
    const state = table.edit(entry);
    const { time, first, second } = state.moments.shift()!;
    if (second) {
      const newest = state.begun.at(-1);
      state.begun = [];
      if (!absent && newest !== undefined) this.#fire(entry, time, newest, context);
    }
    if (first) {
      if (absent) state.begun.push(time);
      else state.begun = [time];
      this.#ends.plan(entry, time + length);
    }
    this.#forgetIfDone(entry);
  }

  #end(entry: Entry<SequenceState>, at: Millis, context: Context): void {
    const { absent, length, table } = this.#parts;
    const [oldest] = entry.state.begun;
    // The one that ends now may have been answered.
    if (oldest !== undefined && oldest + length === at) {
      table.edit(entry).begun.shift();
      if (absent) this.#fire(entry, at, oldest, context);
    }
    const [next] = entry.state.begun;
    if (next === undefined) this.#forgetIfDone(entry);
    else this.#ends.plan(entry, next + length);
  }

  #fire(entry: Entry<SequenceState>, at: Millis, begun: Millis, context: Context): void {
    const { identity, table, alert } = this.#parts;
    const value = { ...table.fieldsOf(entry), ...alert(at, begun) };
    context.emitResult({ value, time: at, id: `${identity}/${at}/${entry.text}` });
  }

  #forgetIfDone(entry: Entry<SequenceState>): void {
    const { begun, moments } = entry.state;
    if (begun.length > 0 || moments.length > 0) return;
    this.#parts.table.forget(entry);
    this.#ends.drop(entry);
  }
}

export function copyOfSequence(state: SequenceState): SequenceState {
  return { ...state, begun: state.begun.slice(), moments: state.moments.map((moment) => ({ ...moment })) };
}
