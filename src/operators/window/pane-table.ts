import type { Slots } from '../../aggregation/accumulator.ts';
import type { Aggregates } from '../../aggregation/aggregates.ts';
import type { Identity } from '../../aggregation/identity.ts';
import type { Millis } from '../../clock.ts';
import type { KeyedState } from '../../state/keyed-state.ts';
import { type Cell, firstFrom, type PaneState } from './cell.ts';
import { KeyPanes } from './key-panes.ts';
import { identityOfKey, type Key, textOfKey } from './keys.ts';

/** All live panes, by key and time. What a checkpoint keeps is in the keyed state; the rest is rebuilt from it. */
export class PaneTable {
  readonly #key: Key;
  readonly #aggregates: Aggregates;
  readonly #states: KeyedState<PaneState>;
  readonly #keys = new Map<Identity, KeyPanes>();
  /** How many keys have come; one that has left and comes again counts again. */
  #arrivals = 0;

  constructor(key: Key, aggregates: Aggregates, states: KeyedState<PaneState>) {
    this.#key = key;
    this.#aggregates = aggregates;
    this.#states = states;
  }

  /** The panes of the key that was read last. */
  panesOf(identity: Identity): KeyPanes {
    return this.#keys.get(identity) ?? this.#arrive(identity);
  }

  /** Adds a pane to the key's panes, which don't hold one at `start` yet. */
  add(panes: KeyPanes, start: Millis): Cell {
    const { cells, key, order, text } = panes;
    const id = `${start}/${text}`;
    const state = { key, order, start, slots: this.#aggregates.create() };
    this.#states.set(id, state);
    const cell: Cell = { start, id, state, interval: this.#states.interval };
    const index = firstFrom(cells, start);
    if (index === cells.length) cells.push(cell);
    else cells.splice(index, 0, cell);
    return cell;
  }

  /** The pane's slots, to be changed in place now. */
  edit(cell: Cell): Slots {
    const { interval } = this.#states;
    if (cell.interval !== interval) {
      cell.state = this.#states.edit(cell.id)!;
      cell.interval = interval;
    }
    return cell.state.slots;
  }

  /** Forgets the key's panes before `start`. Tells whether it has any left; without one the key itself is forgotten. */
  expire({ cells, identity }: KeyPanes, start: Millis): boolean {
    while (cells.length > 0 && cells[0]!.start < start) this.#states.delete(cells.shift()!.id);
    if (cells.length === 0) this.#keys.delete(identity);
    return cells.length > 0;
  }

  /** Takes over what the keyed state holds; gives all keys in the order of their arrival. */
  restore(): Iterable<KeyPanes> {
    const stored = [...this.#states.entries()].toSorted(
      ([, one], [, other]) => one.order - other.order || one.start - other.start,
    );
    for (const [id, state] of stored) {
      const { key, order, start } = state;
      const identity = identityOfKey(key);
      const panes = this.#keys.get(identity) ?? new KeyPanes(identity, key, textOfKey(key), order);
      this.#keys.set(identity, panes);
      panes.cells.push({ start, id, state, interval: Number.NaN });
      this.#arrivals = order + 1;
    }
    return this.#keys.values();
  }

  #arrive(identity: Identity): KeyPanes {
    const values = this.#key.values();
    const panes = new KeyPanes(identity, values, textOfKey(values), this.#arrivals++);
    this.#keys.set(identity, panes);
    return panes;
  }
}
