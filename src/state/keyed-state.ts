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

class Entry<T> {
  readonly key: string;
  value: T;
  /** The interval between two checkpoints in which it was last changed. */
  interval: number;
  /** The interval in which the key came to be: no checkpoint knows of it before that one is over. */
  readonly since: number;
  isGone = false;

  constructor(key: string, value: T, interval: number, since: number) {
    this.key = key;
    this.value = value;
    this.interval = interval;
    this.since = since;
  }
}

/**
 * Values by key that survive a crash: what changed since the last checkpoint goes into the next. Freezing hands out the
 * list of changed entries; an entry that changes while it is being saved is replaced by a copy first.
 */
export class KeyedState<T> {
  readonly #type: StateType<T>;
  readonly #entries = new Map<string, Entry<T>>();
  /** Entries changed in this interval; some may be gone again. */
  #changed: Entry<T>[] = [];
  #gone = 0;
  /** Keys that are gone, and that a checkpoint knows. */
  #removed = new Set<string>();
  /** How far `sweep` has come with its turn. */
  #turn: Iterator<Entry<T>> | undefined;
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
    if (entry.interval === this.#interval) return entry.value;
    if (this.#isBeingSaved(entry)) return this.#replace(entry, this.#type.clone(entry.value));
    this.#note(entry);
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
    if (this.#isBeingSaved(entry)) this.#replace(entry, value);
    else {
      if (entry.interval !== this.#interval) this.#note(entry);
      entry.value = value;
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    entry.isGone = true;
    if (entry.since !== this.#interval) this.#removed.add(key);
    if (entry.interval === this.#interval && ++this.#gone > FEW) this.#forgetGone();
  }

  /** All keys with their values, for reading only, in the order in which they were first set. */
  *entries(): Iterable<readonly [string, T]> {
    for (const { key, value } of this.#entries.values()) yield [key, value];
  }

  /**
   * Puts keys that did not change among those that did, about as many, in turn. Tells whether that ended a turn: then
   * the freezes since the turn began name every key there is, and what was frozen before that is of no use.
   */
  sweep(): boolean {
    this.#turn ??= this.#entries.values();
    const changes = this.#changed.length + this.#removed.size;
    // Even where little changes, a turn ends some day.
    for (let left = Math.max(changes, Math.ceil(this.size / FREEZES), 1); left > 0; left--) {
      const { done, value: entry } = this.#turn.next();
      if (done) {
        this.#turn = undefined;
        return true;
      }
      if (entry.interval !== this.#interval) this.#note(entry);
    }
    return false;
  }

  /** Takes out what changed since the last call; the checkpoint made of the call before must be saved by then. */
  freeze(): readonly StateChange[] {
    const changes: StateChange[] = this.#gone > 0 ? this.#changed.filter(isLive) : this.#changed;
    for (const key of this.#removed) changes.push({ key, value: undefined });
    this.#changed = [];
    this.#gone = 0;
    this.#removed = new Set();
    this.#interval++;
    return changes;
  }

  /** Puts back what a checkpoint held, as not changed; undefined: the key was gone by then. */
  restore(key: string, value: T | undefined): void {
    if (value === undefined) this.#entries.delete(key);
    else this.#entries.set(key, new Entry(key, value, RESTORED, RESTORED));
  }

  /** Frozen one interval ago: a checkpoint may still be reading it. */
  #isBeingSaved(entry: Entry<T>): boolean {
    return entry.interval === this.#interval - 1;
  }

  #replace({ key, since }: Entry<T>, value: T): T {
    const copy = new Entry(key, value, this.#interval, since);
    this.#entries.set(key, copy);
    this.#changed.push(copy);
    return value;
  }

  #note(entry: Entry<T>): void {
    entry.interval = this.#interval;
    this.#changed.push(entry);
  }

  /** Keys that come and go must not pile up where checkpoints are rare, or never taken. */
  #forgetGone(): void {
    if (this.#gone * 2 < this.#changed.length) return;
    this.#changed = this.#changed.filter(isLive);
    this.#gone = 0;
  }
}

function isLive({ isGone }: Entry<unknown>): boolean {
  return !isGone;
}
