import type { Identity } from '../../aggregation/identity.ts';
import type { Millis } from '../../clock.ts';
import type { Event, JsonObject, Value } from '../../event.ts';
import type { Scalar } from '../../expression/scalar.ts';
import type { KeyedState } from '../../state/keyed-state.ts';
import { identityOfKey } from '../window/keys.ts';

/** What goes into a join, or comes out of one: the values of some inputs by name, the later time, who they are. */
export interface Part {
  readonly value: JsonObject;
  readonly time: Millis;
  readonly id: string;
}

/** What a checkpoint keeps of a row that waits for others. */
export interface RowState extends Part {
  readonly key: readonly Value[];
  /** The row's place among all of the join, in the order in which they came. */
  readonly order: number;
  /** Whether it has met another. */
  readonly met: boolean;
}

/** A row at hand. */
export interface Row {
  readonly side: Side;
  readonly name: string;
  readonly identity: Identity;
  readonly order: number;
  readonly time: Millis;
  /** The watermark at which it leaves. */
  readonly leaving: Millis;
  state: RowState;
}

/** The waiting rows of one side of a join, by key and time. */
export class Side {
  /** Whether a row that met none comes out alone. */
  readonly isKept: boolean;
  readonly #scalars: readonly Scalar[];
  readonly #states: KeyedState<RowState>;
  readonly #rows = new Map<Identity, Row[]>();

  constructor(scalars: readonly Scalar[], isKept: boolean, states: KeyedState<RowState>) {
    this.#scalars = scalars;
    this.isKept = isKept;
    this.#states = states;
  }

  /** The values that the row is joined by; undefined if one is NULL, which meets nothing. Throws DataError. */
  keyOf({ value }: Part): readonly Value[] | undefined {
    const key: Value[] = [];
    const event = { value } as Event;
    for (const scalar of this.#scalars) {
      const part = scalar(event);
      if (part === null) return undefined;
      key.push(part);
    }
    return key;
  }

  /** The rows of a key by time, those of equal time as they came. For reading, and only until one is added or removed. */
  rows(identity: Identity): readonly Row[] {
    return this.#rows.get(identity) ?? [];
  }

  add(state: RowState, identity: Identity, leaving: Millis): Row {
    const { order, time } = state;
    const name = String(order);
    this.#states.set(name, state);
    return this.#insert({ side: this, name, identity, order, time, leaving, state });
  }

  remove({ identity, name, order }: Row): void {
    this.#states.delete(name);
    const rows = this.#rows.get(identity)!;
    if (rows.length === 1) {
      this.#rows.delete(identity);
      return;
    }
    // Rows leave in the order of their times, mostly.
    if (rows[0]!.order === order) rows.shift();
    else
      rows.splice(
        rows.findIndex((row) => row.order === order),
        1,
      );
  }

  /** Notes that the row has met another. */
  meet(row: Row): void {
    if (row.state.met) return;
    row.state = { ...row.state, met: true };
    this.#states.set(row.name, row.state);
  }

  /** Takes over what the keyed state holds; `leaving` tells when a row of a time leaves. */
  restore(leaving: (time: Millis) => Millis): Row[] {
    const stored = [...this.#states.entries()].toSorted(([, one], [, other]) => one.order - other.order);
    return stored.map(([name, state]) => {
      const { key, order, time } = state;
      const identity = identityOfKey(key);
      return this.#insert({ side: this, name, identity, order, time, leaving: leaving(time), state });
    });
  }

  #insert(row: Row): Row {
    const rows = this.#rows.get(row.identity);
    if (rows === undefined) this.#rows.set(row.identity, [row]);
    else if (rows[rows.length - 1]!.time <= row.time) rows.push(row);
    else rows.splice(firstAfter(rows, row.time), 0, row);
    return row;
  }
}

/** The index of the first row that is later than `time`. */
export function firstAfter(rows: readonly Row[], time: Millis): number {
  let from = 0;
  let to = rows.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (rows[middle]!.time <= time) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Two parts that met, in the order of their inputs. */
export function together(left: Part, right: Part): Part {
  return {
    value: { ...left.value, ...right.value },
    time: Math.max(left.time, right.time),
    id: `${left.id}&${right.id}`,
  };
}
