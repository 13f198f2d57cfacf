/** How values of a state are copied while a checkpoint still reads the older copy. */
export interface StateType<T> {
  /** A copy that shares nothing mutable with the value. Values must survive the structured clone algorithm. */
  clone(value: T): T;
}

/** A changed key for the checkpoint; value undefined: the key is gone. */
export interface StateChange {
  readonly key: string;
  readonly value: unknown;
}

/** The interval of what a checkpoint held: before all others, and no neighbour of theirs. */
const RESTORED = -2;

/** So many changed keys may be gone again before the list of them is cleared of these. */
const FEW = 1024;

/** A turn of sweeps takes no more freezes than this. */
const FREEZES = 1000;

/** A key and its value, as `KeyedState` keeps them. */
export class KeyedEntry<T> {
  readonly key: string;
  value: T;
  /** The interval between two checkpoints in which it was last changed, and its place among what changed in it. */
  interval: number;
  place = 0;
  /** The interval in which the key came to be: no checkpoint knows of it before that one is over. */
  readonly since: number;
  isGone = false;
  before: KeyedEntry<T> | undefined;
  after: KeyedEntry<T> | undefined;

  constructor(key: string, value: T, interval: number, since: number) {
    this.key = key;
    this.value = value;
    this.interval = interval;
    this.since = since;
  }
}

/**
 * Values by key that survive a crash: what changed since the last checkpoint goes into the next. Freezing hands out the
 * list of changed entries; before one changes that is still being saved, a copy takes its place in that list. The value at
 * hand stays where it is in memory, near what belongs to it: copies would scatter a large state.
 *
 * Whoever holds on to entries, as windows do to their panes, may have no key looked up: `add`, `editEntry`,
 * `deleteEntry`. These entries are not found by their keys.
 */
export class KeyedState<T> {
  readonly #type: StateType<T>;
  readonly #byKey = new Map<string, KeyedEntry<T>>();
  /** All entries are linked in the order in which they came. */
  #first: KeyedEntry<T> | undefined;
  #last: KeyedEntry<T> | undefined;
  #size = 0;
  /** Entries changed in this interval; some may be gone again. */
  #changed: KeyedEntry<T>[] = [];
  #gone = 0;
  /** What was frozen, while a checkpoint is reading it. */
  #frozen: StateChange[] | undefined;
  /** Keys that went in this interval, and that a checkpoint knows; some may have come again. */
  #removed: string[] = [];
  /** While checkpoints are put back: keys that were gone. */
  readonly #restoredGone = new Set<string>();
  /** Where `sweep` goes on with its turn; at the end of the turn `next` is undefined. */
  #turn: { next: KeyedEntry<T> | undefined } | undefined;
  #interval = 0;

  constructor(type: StateType<T>) {
    this.#type = type;
  }

  get size(): number {
    return this.#size;
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
    return this.#byKey.get(key)?.value;
  }

  /** For changing in place; undefined if the key is not there. */
  edit(key: string): T | undefined {
    const entry = this.#byKey.get(key);
    if (entry === undefined) return undefined;
    this.editEntry(entry);
    return entry.value;
  }

  set(key: string, value: T): void {
    const entry = this.#byKey.get(key);
    if (entry === undefined) {
      this.#byKey.set(key, this.add(key, value));
      return;
    }
    if (entry.interval !== this.#interval) {
      if (this.#isBeingSaved(entry)) this.#frozen![entry.place] = { key, value: entry.value };
      this.#note(entry);
    }
    entry.value = value;
  }

  delete(key: string): void {
    const entry = this.#byKey.get(key);
    if (entry === undefined) return;
    this.#byKey.delete(key);
    this.deleteEntry(entry);
  }

  /** Adds a key that is not there. */
  add(key: string, value: T): KeyedEntry<T> {
    const entry = new KeyedEntry(key, value, this.#interval, this.#interval);
    this.#link(entry);
    this.#note(entry);
    return entry;
  }

  /** Lets the entry's value be changed in place from now on. */
  editEntry(entry: KeyedEntry<T>): void {
    if (entry.interval === this.#interval) return;
    if (this.#isBeingSaved(entry)) {
      const { key, value, place } = entry;
      this.#frozen![place] = { key, value: this.#type.clone(value) };
    }
    this.#note(entry);
  }

  deleteEntry(entry: KeyedEntry<T>): void {
    this.#unlink(entry);
    entry.isGone = true;
    if (entry.since !== this.#interval) this.#removed.push(entry.key);
    if (entry.interval === this.#interval && ++this.#gone > FEW) {
      // Keys that come and go must not pile up where checkpoints are rare, or never taken.
      this.#forgetGone(this.#changed.length / 2);
    }
  }

  /** All keys with their values, for reading only, in the order in which they were first set. */
  *entries(): Iterable<readonly [string, T]> {
    for (let entry = this.#first; entry !== undefined; entry = entry.after) yield [entry.key, entry.value];
  }

  /** Gives all entries to whoever holds on to them from now on: no key is found any more. */
  handOver(): KeyedEntry<T>[] {
    const entries = [...this.#byKey.values()];
    this.#byKey.clear();
    return entries;
  }

  /**
   * Puts keys that did not change among those that did, about as many, in turn. Tells whether that ended a turn: then
   * the freezes since the turn began name every key there is, and what was frozen before that is of no use.
   */
  sweep(): boolean {
    const turn = (this.#turn ??= { next: this.#first });
    const changes = this.#changed.length + this.#removed.length;
    // Even where little changes, a turn ends some day.
    for (let left = Math.max(changes, Math.ceil(this.size / FREEZES), 1); left > 0; left--) {
      const entry = turn.next;
      if (entry === undefined) {
        this.#turn = undefined;
        return true;
      }
      turn.next = entry.after;
      if (entry.interval !== this.#interval) this.#note(entry);
    }
    return false;
  }

  /**
   * Takes out what changed since the last call; of a key that is in it twice the first counts. Until `saved` is called,
   * its elements stay what they were frozen as, by being replaced: whoever reads them takes them from the list. The
   * checkpoint made of the call before must be saved by then.
   */
  freeze(): readonly StateChange[] {
    this.#forgetGone(1);
    const frozen: StateChange[] = this.#changed;
    for (const key of this.#removed) frozen.push({ key, value: undefined });
    this.#frozen = frozen;
    this.#changed = [];
    this.#gone = 0;
    this.#removed = [];
    this.#interval++;
    this.#restoredGone.clear();
    return frozen;
  }

  /** What was frozen last is saved, and read by no one. */
  saved(): void {
    this.#frozen = undefined;
  }

  /**
   * Puts back what checkpoints held, as not changed, the newest first: a key that has been put back stays as it is. A value
   * is undefined where the key was gone by then. `values` is called only if one of them is needed.
   */
  restore(keys: readonly string[], values: () => readonly (T | undefined)[]): void {
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index]!;
      if (this.#byKey.has(key) || this.#restoredGone.has(key)) continue;
      const value = values()[index];
      if (value === undefined) {
        this.#restoredGone.add(key);
        continue;
      }
      const entry = new KeyedEntry(key, value, RESTORED, RESTORED);
      this.#byKey.set(key, entry);
      this.#link(entry);
    }
  }

  #isBeingSaved(entry: KeyedEntry<T>): boolean {
    return this.#frozen !== undefined && entry.interval === this.#interval - 1;
  }

  #note(entry: KeyedEntry<T>): void {
    entry.interval = this.#interval;
    entry.place = this.#changed.length;
    this.#changed.push(entry);
  }

  #link(entry: KeyedEntry<T>): void {
    const last = this.#last;
    entry.before = last;
    if (last === undefined) this.#first = entry;
    else last.after = entry;
    this.#last = entry;
    this.#size++;
  }

  #unlink(entry: KeyedEntry<T>): void {
    const { before, after } = entry;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    if (this.#turn?.next === entry) this.#turn.next = after;
    // Who still holds a list of what changed must not hold its neighbours, too.
    entry.before = undefined;
    entry.after = undefined;
    this.#size--;
  }

  /** Clears the list of what changed of keys that are gone, if there are so many. */
  #forgetGone(least: number): void {
    if (this.#gone < least) return;
    this.#changed = this.#changed.filter(isLive);
    for (const [place, entry] of this.#changed.entries()) entry.place = place;
    this.#gone = 0;
  }
}

function isLive({ isGone }: KeyedEntry<unknown>): boolean {
  return !isGone;
}
