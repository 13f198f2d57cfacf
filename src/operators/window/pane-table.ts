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
    const state = { key, order, start, slots: this.#aggregates.create() };
    const cell: Cell = { start, entry: this.#states.add(`${start}/${text}`, state) };
    const index = firstFrom(cells, start);
    if (index === cells.length) cells.push(cell);
    else cells.splice(index, 0, cell);
    return cell;
  }

  /** The pane's slots, to be changed in place now. */
  edit(cell: Cell): Slots {
    this.#states.editEntry(cell.entry);
    return cell.entry.value.slots;
  }

  /** Forgets the key's panes before `start`. Tells whether it has any left; without one the key itself is forgotten. */
  expire({ cells, identity }: KeyPanes, start: Millis): boolean {
    while (cells.length > 0 && cells[0]!.start < start) this.#states.deleteEntry(cells.shift()!.entry);
    if (cells.length === 0) this.#keys.delete(identity);
    return cells.length > 0;
  }

  /** Takes over what the keyed state holds; gives all keys. */
  restore(): Iterable<KeyPanes> {
    for (const entry of this.#states.handOver()) {
      const { key, order, start } = entry.value;
      const identity = identityOfKey(key);
      let panes = this.#keys.get(identity);
      if (panes === undefined) {
        panes = new KeyPanes(identity, key, textOfKey(key), order);
        this.#keys.set(identity, panes);
        this.#arrivals = Math.max(this.#arrivals, order + 1);
      }
      panes.cells.splice(firstFrom(panes.cells, start), 0, { start, entry });
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
