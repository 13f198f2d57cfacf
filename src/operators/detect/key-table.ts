import type { Identity } from '../../aggregation/identity.ts';
import type { Event, JsonObject, Value } from '../../event.ts';
import type { KeyedState } from '../../state/keyed-state.ts';
import { identityOfKey, type Key, textOfKey } from '../window/keys.ts';

/** What a checkpoint keeps of a key, whatever else it keeps. */
export interface KeyState {
  readonly key: readonly Value[];
  /** The key's place among all, in the order in which they arrived. */
  readonly order: number;
}

/** A key at hand. */
export class Entry<State extends KeyState> {
  readonly identity: Identity;
  /** The key as text, which is the name of its state. */
  readonly text: string;
  readonly order: number;
  state: State;
  /** The interval of the keyed state in which `state` may be changed in place. */
  interval: number;

  constructor(state: State, interval: number) {
    this.identity = identityOfKey(state.key);
    this.text = textOfKey(state.key);
    this.order = state.order;
    this.state = state;
    this.interval = interval;
  }
}

/** All keys that something is known of. What a checkpoint keeps is in the keyed state. */
export class KeyTable<State extends KeyState> {
  readonly #key: Key;
  readonly #states: KeyedState<State>;
  readonly #begin: (common: KeyState) => State;
  readonly #entries = new Map<Identity, Entry<State>>();
  #arrivals = 0;
  /** Of the event last read. */
  #identity: Identity = null;

  constructor(key: Key, states: KeyedState<State>, begin: (common: KeyState) => State) {
    this.#key = key;
    this.#states = states;
    this.#begin = begin;
  }

  /** The event's key, which is new if nothing was known of it. Throws DataError. */
  of(event: Event): Entry<State> {
    this.read(event);
    return this.current();
  }

  /** Reads the event's key. Throws DataError. */
  read(event: Event): void {
    this.#identity = this.#key.read(event);
  }

  /** The key last read, which is new if nothing was known of it. */
  current(): Entry<State> {
    return this.#entries.get(this.#identity) ?? this.#arrive();
  }

  /** The key's state, to be changed in place now. */
  edit(entry: Entry<State>): State {
    const { interval } = this.#states;
    if (entry.interval !== interval) {
      entry.state = this.#states.edit(entry.text)!;
      entry.interval = interval;
    }
    return entry.state;
  }

  forget({ text, identity }: Entry<State>): void {
    this.#states.delete(text);
    this.#entries.delete(identity);
  }

  has(entry: Entry<State>): boolean {
    return this.#entries.get(entry.identity) === entry;
  }

  /** The key's fields, to begin a result with. */
  fieldsOf({ state }: Entry<State>): JsonObject {
    const fields: JsonObject = {};
    this.#key.names.forEach((name, index) => {
      fields[name] = state.key[index]!;
    });
    return fields;
  }

  /** Takes over what the keyed state holds; gives all keys in the order of their arrival. */
  restore(): readonly Entry<State>[] {
    const states = [...this.#states.entries()].map(([, state]) => state);
    return states
      .toSorted((one, other) => one.order - other.order)
      .map((state) => {
        const entry = new Entry(state, Number.NaN);
        this.#entries.set(entry.identity, entry);
        this.#arrivals = state.order + 1;
        return entry;
      });
  }

  #arrive(): Entry<State> {
    const state = this.#begin({ key: this.#key.values(), order: this.#arrivals++ });
    const entry = new Entry(state, this.#states.interval);
    this.#states.set(entry.text, state);
    this.#entries.set(entry.identity, entry);
    return entry;
  }
}
