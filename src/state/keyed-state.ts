/** How values of a state are copied while a checkpoint still reads the older copy. */
export interface StateType<T> {
  /** A copy that shares nothing mutable with the value. Values must survive the structured clone algorithm. */
  clone(value: T): T;
}

/** A changed key for the checkpoint; undefined: the key is gone. */
export type StateChange = readonly [key: string, value: unknown];

class Entry<T> {
  value: T;
  /** The interval between two checkpoints in which it was last changed. */
  interval: number;

  constructor(value: T, interval: number) {
    this.value = value;
    this.interval = interval;
  }
}

/**
 * Values by key that survive a crash: what changed since the last checkpoint goes into the next. Freezing costs only
 * the list of changed keys; a value that changes while its frozen copy is being saved is cloned first.
 */
export class KeyedState<T> {
  readonly #type: StateType<T>;
  readonly #entries = new Map<string, Entry<T>>();
  #changed: Entry<T>[] = [];
  #changedKeys: string[] = [];
  #removed = new Set<string>();
  #interval = 0;

  constructor(type: StateType<T>) {
    this.#type = type;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** For reading only. */
  get(key: string): T | undefined {
    return this.#entries.get(key)?.value;
  }

  /** For changing in place; undefined if the key is not there. */
  edit(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.interval !== this.#interval) this.#touch(key, entry);
    return entry.value;
  }

  set(key: string, value: T): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) {
      if (entry.interval !== this.#interval) this.#note(key, entry);
      entry.value = value;
      return;
    }
    const added = new Entry(value, this.#interval);
    this.#entries.set(key, added);
    this.#changed.push(added);
    this.#changedKeys.push(key);
    this.#removed.delete(key);
  }

  delete(key: string): void {
    if (this.#entries.delete(key)) this.#removed.add(key);
  }

  /** All keys with their values, for reading only, in the order in which they were first set. */
  *entries(): Iterable<readonly [string, T]> {
    for (const [key, entry] of this.#entries) yield [key, entry.value];
  }

  /** Takes out what changed since the last call. The values must not be changed by the caller. */
  freeze(): StateChange[] {
    const changes: StateChange[] = [];
    this.#changed.forEach((entry, index) => {
      const key = this.#changedKeys[index]!;
      // A key may have been removed, or removed and set again, since it was noted.
      if (this.#entries.get(key) === entry) changes.push([key, entry.value]);
    });
    for (const key of this.#removed) changes.push([key, undefined]);
    this.#changed = [];
    this.#changedKeys = [];
    this.#removed = new Set();
    this.#interval++;
    return changes;
  }

  /** Puts back what a checkpoint held, as not changed. */
  restore(key: string, value: T): void {
    this.#entries.set(key, new Entry(value, -1));
  }

  #touch(key: string, entry: Entry<T>): void {
    // Frozen one interval ago: a checkpoint may still be reading it.
    if (entry.interval === this.#interval - 1) entry.value = this.#type.clone(entry.value);
    this.#note(key, entry);
  }

  #note(key: string, entry: Entry<T>): void {
    entry.interval = this.#interval;
    this.#changed.push(entry);
    this.#changedKeys.push(key);
  }
}
