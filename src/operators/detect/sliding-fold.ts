/** How two parts of a window become one. */
export interface Merging<Part> {
  /** A copy that shares nothing that changes. */
  copy(part: Part): Part;
  /** Takes `from`, which is later, into `part`. */
  into(part: Part, from: Part): void;
}

/**
 * Merges a window whose parts come and go in order, without ever taking one out of a sum, so that nothing is lost to
 * cancellation however long the stream is: two stacks, of which one holds the merged ends of the older half (K.
 * Tangwongsan and others, "General incremental sliding-window aggregation", VLDB 2015). A part costs two merges.
 */
export class SlidingFold<Part> {
  readonly #merging: Merging<Part>;
  /** For each part of the older half, the latest first: all from it to the half's end. */
  #older: Part[] = [];
  #newer: Part[] = [];
  #sum: Part | undefined;

  constructor(merging: Merging<Part>) {
    this.#merging = merging;
  }

  /** With this, and the parts that are left, `restore` makes the same again, to the last digit. */
  get olderHalf(): number {
    return this.#older.length;
  }

  get size(): number {
    return this.#older.length + this.#newer.length;
  }

  push(part: Part): void {
    this.#newer.push(part);
    if (this.#sum === undefined) this.#sum = this.#merging.copy(part);
    else this.#merging.into(this.#sum, part);
  }

  /** Lets go of the oldest part. */
  shift(): void {
    if (this.#older.length === 0) this.#turn();
    this.#older.pop();
  }

  /** All parts as one, of the caller's own; undefined if there are none. */
  all(): Part | undefined {
    const older = this.#older.at(-1);
    if (older === undefined) return this.#sum === undefined ? undefined : this.#merging.copy(this.#sum);
    const all = this.#merging.copy(older);
    if (this.#sum !== undefined) this.#merging.into(all, this.#sum);
    return all;
  }

  restore(parts: Iterable<Part>, olderHalf: number): void {
    let count = 0;
    for (const part of parts) {
      this.push(part);
      if (++count === olderHalf) this.#turn();
    }
  }

  #turn(): void {
    let end: Part | undefined;
    for (let index = this.#newer.length - 1; index >= 0; index--) {
      const part = this.#merging.copy(this.#newer[index]!);
      if (end !== undefined) this.#merging.into(part, end);
      this.#older.push(part);
      end = part;
    }
    this.#newer = [];
    this.#sum = undefined;
  }
}
