/** How values of a state are copied while a checkpoint still reads the older copy. */
export interface StateType<T> {
  /** A copy that shares nothing mutable with the value. Values must survive the structured clone algorithm. */
  clone(value: T): T;
}

/** A changed key for the checkpoint; undefined: the key is gone. */
export type StateChange = readonly [key: string, value: unknown];

/** The interval of what a checkpoint held: before all others, and no neighbour of theirs. */
const RESTORED = -2;

/** So many changed keys may be gone again before the list of them is cleared of these. */
const FEW = 1024;

class Entry<T> {
  readonly key: string;
  value: T;
  /** The interval between two checkpoints in which it was last changed. */
  interval: number;
  /** The interval in which the key came to be: no checkpoint knows of it before that one is over. */
  readonly since: number;

  constructor(key: string, value: T, interval: number, since: number) {
    this.key = key;
    this.value = value;
    this.interval = interval;
    this.since = since;
  }
}

/**
 * Values by key that survive a crash: what changed since the last checkpoint goes into the next. Freezing costs only
 * the list of changed keys; a value that changes while its frozen copy is being saved is cloned first.
 */
export class KeyedState<T> {
  readonly #type: StateType<T>;
  readonly #entries = new Map<string, Entry<T>>();
  /** Entries changed in this interval; some may be gone again. */
  #changed: Entry<T>[] = [];
  #gone = 0;
  /** Keys that are gone, and that a checkpoint knows. */
  #removed = new Set<string>();
  #interval = 0;

  constructor(type: StateType<T>) {
    this.#type = type;
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * How often the state has been frozen. While this stays the same, a value that came from `edit` or went to `set` may
   * be changed further without asking again.
   */
  get interval(): number {
    return this.#interval;
  }

  /** For reading only. */
  get(key: string): T | undefined {
    return this.#entries.get(key)?.value;
  }

  /** For changing in place; undefined if the key is not there. */
  edit(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.interval !== this.#interval) {
      // Frozen one interval ago: a checkpoint may still be reading it.
      if (entry.interval === this.#interval - 1) entry.value = this.#type.clone(entry.value);
      this.#note(entry);
    }
    return entry.value;
  }

  set(key: string, value: T): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      const isStored = this.#removed.delete(key);
      const added = new Entry(key, value, this.#interval, isStored ? RESTORED : this.#interval);
      this.#entries.set(key, added);
      this.#changed.push(added);
      return;
    }
    if (entry.interval !== this.#interval) this.#note(entry);
    entry.value = value;
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    if (entry.since !== this.#interval) this.#removed.add(key);
    if (entry.interval === this.#interval && ++this.#gone > FEW) this.#forgetGone();
  }

  /** All keys with their values, for reading only, in the order in which they were first set. */
  *entries(): Iterable<readonly [string, T]> {
    for (const { key, value } of this.#entries.values()) yield [key, value];
  }

  /** Takes out what changed since the last call. The values must not be changed by the caller. */
  freeze(): StateChange[] {
    const changes: StateChange[] = [];
    for (const entry of this.#changed) if (this.#isLive(entry)) changes.push([entry.key, entry.value]);
    for (const key of this.#removed) changes.push([key, undefined]);
    this.#changed = [];
    this.#gone = 0;
    this.#removed = new Set();
    this.#interval++;
    return changes;
  }

  /** Puts back what a checkpoint held, as not changed. */
  restore(key: string, value: T): void {
    this.#entries.set(key, new Entry(key, value, RESTORED, RESTORED));
  }

  #note(entry: Entry<T>): void {
    entry.interval = this.#interval;
    this.#changed.push(entry);
  }

  /** Keys that come and go must not pile up where checkpoints are rare, or never taken. */
  #forgetGone(): void {
    if (this.#gone * 2 < this.#changed.length) return;
    this.#changed = this.#changed.filter((entry) => this.#isLive(entry));
    this.#gone = 0;
  }

  /** A key may have been removed, or removed and set again, since it was noted. */
  #isLive(entry: Entry<T>): boolean {
    return this.#entries.get(entry.key) === entry;
  }
}
