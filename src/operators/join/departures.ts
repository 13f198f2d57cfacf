import type { Millis } from '../../clock.ts';
import type { Row } from './side.ts';

/** So many places of rows that have left, and the list is cut. */
const LEFT = 1024;

/** Rows in the order of a time of theirs, those of equal time as they came. They come nearly in that order, and go exactly in it. */
export class Departures<R> {
  readonly #timeOf: (row: R) => Millis;
  /** The time of the next row to go; +Infinity if there is none. Asked for at each event. */
  earliest: Millis = Number.POSITIVE_INFINITY;
  #rows: R[] = [];
  #next = 0;

  constructor(timeOf: (row: R) => Millis) {
    this.#timeOf = timeOf;
  }

  /** The next row to go; undefined if there is none. */
  get first(): R | undefined {
    return this.#rows[this.#next];
  }

  add(row: R): void {
    const rows = this.#rows;
    const time = this.#timeOf(row);
    if (time < this.earliest) this.earliest = time;
    if (this.#next === rows.length || this.#timeOf(rows[rows.length - 1]!) <= time) {
      rows.push(row);
      return;
    }
    let from = this.#next;
    let to = rows.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#timeOf(rows[middle]!) <= time) from = middle + 1;
      else to = middle;
    }
    rows.splice(from, 0, row);
  }

  /** Takes out the first. */
  shift(): R {
    const row = this.#rows[this.#next++]!;
    if (this.#next >= LEFT && this.#next * 2 >= this.#rows.length) {
      this.#rows = this.#rows.slice(this.#next);
      this.#next = 0;
    }
    const next = this.#rows[this.#next];
    this.earliest = next === undefined ? Number.POSITIVE_INFINITY : this.#timeOf(next);
    return row;
  }
}

/** The next row of both to leave by this watermark, taken out; those of equal time leave as they came. */
export function nextToLeave(
  one: Departures<Row>,
  other: Departures<Row>,
  watermark: Millis,
): Row | undefined {
  const [left, right] = [one.first, other.first];
  const isLeft = left !== undefined && (right === undefined || isBefore(left, right));
  const row = isLeft ? left : right;
  if (row === undefined || row.leaving > watermark) return undefined;
  (isLeft ? one : other).shift();
  return row;
}

function isBefore(one: Row, other: Row): boolean {
  return one.leaving === other.leaving ? one.order < other.order : one.leaving < other.leaving;
}

export function leavingOf({ leaving }: Row): Millis {
  return leaving;
}
