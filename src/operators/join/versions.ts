import type { Identity } from '../../aggregation/identity.ts';
import type { Millis } from '../../clock.ts';
import type { KeyedEntry, KeyedState } from '../../state/keyed-state.ts';
import type { Part } from './part.ts';
import type { RowKey } from './row-key.ts';
import { firstAfter } from './side.ts';

/** The rows of a key by time, those of equal time as they came. */
export type KeyVersions = readonly Part[];

/** A row at hand. */
export interface Version {
  readonly part: Part;
  readonly time: Millis;
  /** All of its key. */
  readonly entry: KeyedEntry<KeyVersions>;
}

/** What was true of each key, from when on: an entry of the keyed state for each. */
export class Versions {
  readonly #key: RowKey;
  readonly #states: KeyedState<KeyVersions>;
  readonly #entries = new Map<Identity, KeyedEntry<KeyVersions>>();

  constructor(key: RowKey, states: KeyedState<KeyVersions>) {
    this.#key = key;
    this.#states = states;
  }

  /** Adds a row; undefined if a part of its key is NULL, which meets nothing. Throws DataError if it can't be read. */
  add({ value, time, id }: Part): Version | undefined {
    const part = { value, time, id };
    const identity = this.#key.read(part);
    if (identity === undefined) return undefined;
    let entry = this.#entries.get(identity);
    if (entry === undefined) {
      entry = this.#states.add(this.#key.text(), [part]);
      this.#entries.set(identity, entry);
    } else {
      const rows = this.#edit(entry);
      if (rows[rows.length - 1]!.time <= time) rows.push(part);
      else rows.splice(firstAfter(rows, time), 0, part);
    }
    return { part, time, entry };
  }

  /** The newest row of a key at a time. */
  at(time: Millis, identity: Identity): Part | undefined {
    const rows = this.#entries.get(identity)?.value;
    return rows?.[firstAfter(rows, time) - 1];
  }

  /** Removes all rows of a key but the newest at a time, and those that come later. */
  removeBefore(time: Millis, entry: KeyedEntry<KeyVersions>): void {
    const past = firstAfter(entry.value, time) - 1;
    if (past > 0) this.#edit(entry).splice(0, past);
  }

  /** Removes a row that may be gone already. */
  remove({ part, entry }: Version): void {
    const place = entry.value.indexOf(part);
    if (place < 0) return;
    if (entry.value.length > 1) {
      this.#edit(entry).splice(place, 1);
      return;
    }
    this.#states.deleteEntry(entry);
    this.#entries.delete(this.#key.read(part)!);
  }

  /** Takes over what the keyed state holds. */
  restore(): Version[] {
    const restored: Version[] = [];
    for (const entry of this.#states.handOver()) {
      this.#entries.set(this.#key.read(entry.value[0]!)!, entry);
      for (const part of entry.value) restored.push({ part, time: part.time, entry });
    }
    return restored;
  }

  #edit(entry: KeyedEntry<KeyVersions>): Part[] {
    this.#states.editEntry(entry);
    return entry.value as Part[];
  }
}

export function copyOfVersions(rows: KeyVersions): KeyVersions {
  return rows.slice();
}
