import type { Millis } from '../../clock.ts';
import type { Row } from './side.ts';

/** So many places of rows that have left, and the list is cut. */
const LEFT = 1024;

/** The rows of one side in the order in which they leave. They come nearly in that order, and go exactly in it. */
export class Departures {
  #rows: Row[] = [];
  #next = 0;

  /** The next row to leave; undefined if there is none. */
  get first(): Row | undefined {
    return this.#rows[this.#next];
  }

  add(row: Row): void {
    const rows = this.#rows;
    let index = rows.length;
    while (index > this.#next && isBefore(row, rows[index - 1]!)) index--;
    if (index === rows.length) rows.push(row);
    else rows.splice(index, 0, row);
  }

  /** Takes out the first. */
  shift(): void {
    this.#next++;
    if (this.#next < LEFT || this.#next * 2 < this.#rows.length) return;
    this.#rows = this.#rows.slice(this.#next);
    this.#next = 0;
  }
}

/** The next row of both to leave by this watermark, taken out; those of equal time leave as they came. */
export function nextToLeave(one: Departures, other: Departures, watermark: Millis): Row | undefined {
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
