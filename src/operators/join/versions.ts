import type { Identity } from '../../aggregation/identity.ts';
import type { Millis } from '../../clock.ts';
import type { KeyedEntry, KeyedState } from '../../state/keyed-state.ts';
import type { Part } from './part.ts';
import type { RowKey } from './row-key.ts';
import { firstAfter } from './side.ts';

/** The rows of a key by time, those of equal time as they came. */
export type KeyVersions = readonly Part[];

/** All rows of a key. */
export interface History {
  readonly entry: KeyedEntry<KeyVersions>;
  /** Whether there is a time at which it will be looked at for what is out of date. */
  isWatched: boolean;
}

/** A row at hand. */
export interface Version {
  readonly time: Millis;
  readonly history: History;
}

/** What was true of each key, from when on: an entry of the keyed state for each. */
export class Versions {
  readonly #key: RowKey;
  readonly #states: KeyedState<KeyVersions>;
  readonly #histories = new Map<Identity, History>();

  constructor(key: RowKey, states: KeyedState<KeyVersions>) {
    this.#key = key;
    this.#states = states;
  }

  /** Adds a row; undefined if a part of its key is NULL, which meets nothing. Throws DataError if it can't be read. */
  add({ value, time, id }: Part): Version | undefined {
    const part = { value, time, id };
    const identity = this.#key.read(part);
    if (identity === undefined) return undefined;
    let history = this.#histories.get(identity);
    if (history === undefined) {
      history = { entry: this.#states.add(this.#key.text(), [part]), isWatched: false };
      this.#histories.set(identity, history);
    } else {
      const rows = this.#edit(history);
      if (rows[rows.length - 1]!.time <= time) rows.push(part);
      else rows.splice(firstAfter(rows, time), 0, part);
    }
    return { time, history };
  }

  /** The newest row of a key at a time. */
  at(time: Millis, identity: Identity): Part | undefined {
    const rows = this.#histories.get(identity)?.entry.value;
    return rows?.[firstAfter(rows, time) - 1];
  }

  /** Removes all rows of a key but the newest at a time, and those that come later. */
  removeBefore(time: Millis, history: History): void {
    const past = firstAfter(history.entry.value, time) - 1;
    if (past > 0) this.#edit(history).splice(0, past);
  }

  /** Removes all rows of a key up to a time. Tells whether there are others. */
  removeUpTo(time: Millis, history: History): boolean {
    const { entry } = history;
    const past = firstAfter(entry.value, time);
    if (past < entry.value.length) {
      if (past > 0) this.#edit(history).splice(0, past);
      return true;
    }
    this.#histories.delete(this.#key.read(entry.value[0]!)!);
    this.#states.deleteEntry(entry);
    return false;
  }

  /** Takes over what the keyed state holds; gives its rows in the order of their times. */
  restore(): Version[] {
    const restored: Version[] = [];
    for (const entry of this.#states.handOver()) {
      const history = { entry, isWatched: false };
      this.#histories.set(this.#key.read(entry.value[0]!)!, history);
      for (const { time } of entry.value) restored.push({ time, history });
    }
    return restored.sort((one, other) => one.time - other.time);
  }

  #edit({ entry }: History): Part[] {
    this.#states.editEntry(entry);
    return entry.value as Part[];
  }
}

export function copyOfVersions(rows: KeyVersions): KeyVersions {
  return rows.slice();
}
