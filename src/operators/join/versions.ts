import type { Identity } from '../../aggregation/identity.ts';
import type { Millis } from '../../clock.ts';
import type { KeyedEntry, KeyedState } from '../../state/keyed-state.ts';
import type { Part } from './part.ts';
import type { RowKey } from './row-key.ts';
import { firstAfter } from './side.ts';

/** The rows of a key by time, those of equal time as they came. */
export type KeyVersions = readonly Part[];

/** All rows of a key. */
export type History = KeyedEntry<KeyVersions>;

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
  add(part: Part): Version | undefined {
    const { time } = part;
    const identity = this.#key.read(part);
    if (identity === undefined) return undefined;
    let history = this.#histories.get(identity);
    if (history === undefined) {
      history = this.#states.add(this.#key.text(), [part]);
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
    const rows = this.#histories.get(identity)?.value;
    return rows?.[countUpTo(time, rows) - 1];
  }

  /** Removes all rows of a key but the newest at a time, and those that come later. */
  removeBefore(time: Millis, history: History): void {
    const past = countUpTo(time, history.value) - 1;
    if (past <= 0) return;
    const rows = this.#edit(history);
    if (past !== 1 || rows.length !== 2) {
      rows.splice(0, past);
      return;
    }
    // Most often one has taken the place of one: that makes no list of what was removed.
    rows[0] = rows[1]!;
    rows.pop();
  }

  /** Removes all rows of a key up to a time. Tells whether there are others. */
  removeUpTo(time: Millis, history: History): boolean {
    const past = countUpTo(time, history.value);
    if (past < history.value.length) {
      if (past > 0) this.#edit(history).splice(0, past);
      return true;
    }
    this.#histories.delete(this.#key.read(history.value[0]!)!);
    this.#states.deleteEntry(history);
    return false;
  }

  /** Takes over what the keyed state holds; gives its rows in the order of their times. */
  restore(): Version[] {
    const restored: Version[] = [];
    for (const history of this.#states.handOver()) {
      this.#histories.set(this.#key.read(history.value[0]!)!, history);
      for (const { time } of history.value) restored.push({ time, history });
    }
    return restored.sort((one, other) => one.time - other.time);
  }

  #edit(history: History): Part[] {
    this.#states.editEntry(history);
    return history.value as Part[];
  }
}

/** How many rows there are up to a time; often that is all of them. */
function countUpTo(time: Millis, rows: KeyVersions): number {
  return rows[rows.length - 1]!.time <= time ? rows.length : firstAfter(rows, time);
}

export function copyOfVersions(rows: KeyVersions): KeyVersions {
  return rows.slice();
}
