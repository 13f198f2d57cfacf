import type { Identity } from '../../aggregation/identity.ts';
import type { Millis } from '../../clock.ts';
import type { Part, RowState } from './part.ts';
import type { Block, RowBlocks } from './row-blocks.ts';
import type { RowKey } from './row-key.ts';

/** A row at hand. */
export interface Row {
  readonly side: Side;
  /** Where a checkpoint finds it. */
  readonly block: Block;
  readonly place: number;
  readonly identity: Identity;
  readonly order: number;
  readonly time: Millis;
  /** The watermark at which it leaves. */
  readonly leaving: Millis;
  state: RowState;
}

export interface SideParts {
  readonly key: RowKey;
  /** Whether a row that met none comes out alone. */
  readonly isKept: boolean;
  readonly blocks: RowBlocks;
}

/** The waiting rows of one side of a join, by key and time. */
export class Side {
  /** Whether a row that met none comes out alone. */
  readonly isKept: boolean;
  readonly #key: RowKey;
  readonly #blocks: RowBlocks;
  readonly #rows = new Map<Identity, Row[]>();

  constructor({ key, isKept, blocks }: SideParts) {
    this.#key = key;
    this.isKept = isKept;
    this.#blocks = blocks;
  }

  /** What tells the row's key from others; undefined if a part of it is NULL, which meets nothing. Throws DataError. */
  identityOf(part: Part): Identity | undefined {
    return this.#key.read(part);
  }

  /** The rows of a key by time, those of equal time as they came. For reading, and only until one is added or removed. */
  rows(identity: Identity): readonly Row[] {
    return this.#rows.get(identity) ?? [];
  }

  add(state: RowState, identity: Identity, leaving: Millis): Row {
    return this.#insert(this.keep(state, identity, leaving));
  }

  /** Adds a row that is not found by its key: it is dropped by who has it, not removed. */
  keep(state: RowState, identity: Identity, leaving: Millis): Row {
    const { order, time } = state;
    const block = this.#blocks.add(state);
    return { side: this, block, place: block.taken - 1, identity, order, time, leaving, state };
  }

  drop({ block, place }: Row): void {
    this.#blocks.remove(block, place);
  }

  remove(row: Row): void {
    this.drop(row);
    const { identity, order } = row;
    const rows = this.#rows.get(identity)!;
    if (rows.length === 1) {
      this.#rows.delete(identity);
      return;
    }
    // Rows leave in the order of their times, mostly.
    if (rows[0]!.order === order) rows.shift();
    else
      rows.splice(
        rows.findIndex((each) => each.order === order),
        1,
      );
  }

  /** Notes that the row has met another. */
  meet(row: Row): void {
    if (row.state.met) return;
    row.state = { ...row.state, met: true };
    this.#blocks.set(row.block, row.place, row.state);
  }

  /** Takes over what the keyed state holds, to be found by key; `leaving` tells when a row of a time leaves. */
  restore(leaving: (time: Millis) => Millis): Row[] {
    return this.restoreKept(leaving).map((row) => this.#insert(row));
  }

  /** Takes over what the keyed state holds, not to be found by key. */
  restoreKept(leaving: (time: Millis) => Millis): Row[] {
    const stored = [...this.#blocks.restored()].toSorted(([one], [other]) => one.order - other.order);
    return stored.map(([state, block, place]) => {
      const { order, time } = state;
      const identity = this.identityOf(state)!;
      return { side: this, block, place, identity, order, time, leaving: leaving(time), state };
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

/** The index of the first row that is later than `time`, of rows in order of their times. */
export function firstAfter(rows: readonly { readonly time: Millis }[], time: Millis): number {
  let from = 0;
  let to = rows.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (rows[middle]!.time <= time) from = middle + 1;
    else to = middle;
  }
  return from;
}
