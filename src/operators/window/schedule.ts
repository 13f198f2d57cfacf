import type { Millis } from '../../clock.ts';

/** What is due when: the earliest time is one field away, and everything due at it comes out together. */
export class Schedule<T> {
  /** The earliest time at which something is due; +Infinity if nothing is. */
  earliest: Millis = Number.POSITIVE_INFINITY;
  readonly #due = new Map<Millis, T[]>();
  /** A binary heap of the times: no time is before that at half its index. */
  readonly #times: Millis[] = [];

  add(item: T, at: Millis): void {
    const items = this.#due.get(at);
    if (items !== undefined) {
      items.push(item);
      return;
    }
    this.#due.set(at, [item]);
    this.#rise(at);
    this.earliest = this.#times[0]!;
  }

  /** Takes out all that is due at `earliest`, in the order in which it was added. */
  take(): T[] {
    const items = this.#due.get(this.earliest) ?? [];
    this.#due.delete(this.earliest);
    const last = this.#times.pop();
    if (last !== undefined && this.#times.length > 0) this.#sink(last);
    this.earliest = this.#times[0] ?? Number.POSITIVE_INFINITY;
    return items;
  }

  #rise(time: Millis): void {
    const times = this.#times;
    let index = times.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (times[parent]! <= time) break;
      times[index] = times[parent]!;
      index = parent;
    }
    times[index] = time;
  }

  #sink(time: Millis): void {
    const times = this.#times;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= times.length) break;
      if (child + 1 < times.length && times[child + 1]! < times[child]!) child++;
      if (times[child]! >= time) break;
      times[index] = times[child]!;
      index = child;
    }
    times[index] = time;
  }
}
