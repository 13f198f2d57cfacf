import type { Slots } from '../../../aggregation/accumulator.ts';
import type { Aggregates } from '../../../aggregation/aggregates.ts';
import type { Millis } from '../../../clock.ts';
import type { Context } from '../../../component/operator.ts';
import type { Event } from '../../../event.ts';
import type { Predicate } from '../../../expression/scalar.ts';
import type { Entry, KeyState, KeyTable } from '../key-table.ts';
import type { Part } from '../part.ts';
import { SlidingFold } from '../sliding-fold.ts';
import { Timetable } from '../timetable.ts';
import type { Terms } from './terms.ts';

/** All events of a key at one time. */
interface Moment {
  readonly time: Millis;
  readonly slots: Slots;
}

export interface BurstState extends KeyState {
  /** Those that have been evaluated and are in the window, and those to come. By time. */
  readonly moments: Moment[];
  /** How many of them have been evaluated, … */
  evaluated: number;
  /** … and how many of these are in the older half of the fold. */
  olderHalf: number;
  /** Whether the condition held when it was last evaluated. */
  held: boolean;
}

export interface BurstParts {
  /** What alerts' identities begin with. */
  readonly identity: string;
  readonly name: string;
  readonly length: Millis;
  readonly where: Predicate | undefined;
  readonly aggregates: Aggregates;
  readonly terms: Terms;
  readonly table: KeyTable<BurstState>;
}

/**
 * A condition over the last `length` of each key's events: evaluated at each time at which some came, behind the
 * watermark, over (time − length, time]. It fires when it holds and did not hold before.
 */
export class Bursts implements Part {
  readonly #parts: BurstParts;
  readonly #moments = new Timetable<Entry<BurstState>>();
  /** When a key's window is empty, if nothing comes; an entry that is too early is put off. */
  readonly #emptied = new Timetable<Entry<BurstState>>();
  readonly #folds = new Map<Entry<BurstState>, SlidingFold<Slots>>();

  constructor(parts: BurstParts) {
    this.#parts = parts;
  }

  get horizon(): Millis {
    return this.#moments.horizon;
  }

  read(event: Event): boolean {
    const { where, aggregates, table } = this.#parts;
    if (where !== undefined && !where(event)) return false;
    aggregates.read(event);
    table.read(event);
    return true;
  }

  keep(event: Event, time: Millis): void {
    const { aggregates, table } = this.#parts;
    aggregates.add(this.#momentOf(table.current(), time).slots, event);
  }

  advance(watermark: Millis, context: Context): void {
    this.#moments.run(watermark, (entry, at) => this.#evaluate(entry, at, context));
    this.#emptied.run(watermark, (entry, at) => this.#empty(entry, at));
  }

  restored(): void {
    for (const entry of this.#parts.table.restore()) {
      const { moments, evaluated, olderHalf } = entry.state;
      const slots = moments.slice(0, evaluated).map((moment) => moment.slots);
      this.#foldOf(entry).restore(slots, olderHalf);
      for (const { time } of moments.slice(evaluated)) this.#moments.plan(entry, time);
      if (moments.length > 0) this.#emptied.plan(entry, moments.at(-1)!.time + this.#parts.length);
    }
  }

  #momentOf(entry: Entry<BurstState>, time: Millis): Moment {
    const { aggregates, table, length } = this.#parts;
    const { moments } = table.edit(entry);
    let index = moments.length;
    while (index > 0 && moments[index - 1]!.time > time) index--;
    const there = moments[index - 1];
    if (there?.time === time) return there;
    const moment = { time, slots: aggregates.create() };
    if (moments.length === 0) this.#emptied.plan(entry, time + length);
    moments.splice(index, 0, moment);
    this.#moments.plan(entry, time);
    return moment;
  }

  #evaluate(entry: Entry<BurstState>, at: Millis, context: Context): void {
    const { table, length, terms } = this.#parts;
    const state = table.edit(entry);
    const fold = this.#foldOf(entry);
    this.#expire(state, fold, at - length);
    fold.push(state.moments[state.evaluated++]!.slots);
    state.olderHalf = fold.olderHalf;
    const slots = fold.all()!;
    const held = terms.hold(slots, table.fieldsOf(entry));
    const fires = held && !state.held;
    state.held = held;
    if (fires) this.#fire(entry, at, slots, context);
  }

  #fire(entry: Entry<BurstState>, at: Millis, slots: Slots, context: Context): void {
    const { identity, name, table, terms } = this.#parts;
    const fields = table.fieldsOf(entry);
    const value = { ...fields, pattern: name, time: new Date(at), ...terms.values(slots, fields) };
    context.emitResult({ value, time: at, id: `${identity}/${at}/${entry.text}` });
  }

  #expire(state: BurstState, fold: SlidingFold<Slots>, last: Millis): void {
    let gone = 0;
    while (gone < state.evaluated && state.moments[gone]!.time <= last) gone++;
    if (gone === 0) return;
    for (let count = 0; count < gone; count++) fold.shift();
    state.moments.splice(0, gone);
    state.evaluated -= gone;
    state.olderHalf = fold.olderHalf;
  }

  /** Only a window that is empty as a whole is cleared here: when its halves turn must not depend on the watermark. */
  #empty(entry: Entry<BurstState>, at: Millis): void {
    const { table, length } = this.#parts;
    const newest = entry.state.moments.at(-1);
    if (!table.has(entry) || newest === undefined) return;
    if (newest.time + length > at) {
      this.#emptied.plan(entry, newest.time + length);
      return;
    }
    this.#folds.delete(entry);
    // That the condition held must be known when the key comes again, however long that takes.
    if (!entry.state.held) {
      table.forget(entry);
      return;
    }
    const state = table.edit(entry);
    state.moments.length = 0;
    state.evaluated = 0;
    state.olderHalf = 0;
  }

  #foldOf(entry: Entry<BurstState>): SlidingFold<Slots> {
    const known = this.#folds.get(entry);
    if (known !== undefined) return known;
    const { aggregates } = this.#parts;
    const fold = new SlidingFold<Slots>({
      copy: (slots) => aggregates.copy(slots),
      into: (slots, from) => aggregates.merge(slots, from),
    });
    this.#folds.set(entry, fold);
    return fold;
  }
}

/** What has been evaluated changes no more. */
export function copyOfBurst(state: BurstState, aggregates: Aggregates): BurstState {
  const moments = state.moments.map((moment, index) =>
    index < state.evaluated ? moment : { time: moment.time, slots: aggregates.copy(moment.slots) },
  );
  return { ...state, moments };
}
