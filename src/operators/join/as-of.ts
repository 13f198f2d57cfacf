import type { Millis } from '../../clock.ts';
import type { Predicate } from '../../expression/scalar.ts';
import { Departures } from './departures.ts';
import { holdsIn } from './met.ts';
import { type Part, type RowState, together } from './part.ts';
import { firstAfter, type Row, type Side } from './side.ts';
import type { Output, Port, Step, Taken } from './step.ts';

export interface AsOfParts {
  readonly left: Side;
  readonly right: Side;
  readonly conditions: readonly Predicate[];
  /** How old a row on the right may be; without end if undefined. */
  readonly ttl: Millis | undefined;
}

/**
 * A row on the left meets the newest one on the right at or before its time, once the watermark says that no newer one
 * can come. A row on the right that comes late counts from then on: what was true is told late rather than never.
 */
export class AsOfJoin implements Step {
  readonly hold = 0;
  horizon: Millis = Number.NEGATIVE_INFINITY;
  readonly #parts: AsOfParts;
  /** Rows on the left, which wait for their time. */
  readonly #waiting = new Departures(timeOf);
  /** Rows on the right, which take the place of those before them when their time has come. */
  readonly #coming = new Departures(timeOf);
  /** Rows on the right that are too old to be met. */
  readonly #old = new Departures();
  #arrivals = 0;

  constructor(parts: AsOfParts) {
    this.#parts = parts;
  }

  take(port: Port, part: Part, watermark: Millis, output: Output): Taken {
    const { left, right, ttl } = this.#parts;
    const side = port === 0 ? left : right;
    if (port === 0 && part.time <= watermark) return 'late';
    if (port === 1 && ttl !== undefined && part.time + ttl <= watermark) return 'late';
    const identity = side.identityOf(part);
    if (identity === undefined) {
      if (side.isKept) output(withNone(part));
      return side.isKept ? 'kept' : 'alone';
    }
    const { value, time, id } = part;
    const state = { value, time, id, order: this.#arrivals++, met: false };
    if (port === 0) {
      this.#plan(left.keep(state, identity, time));
      return 'kept';
    }
    const row = right.add(state, identity, this.#outOfDate(time));
    this.#plan(row);
    // A late one may be out of date already, or put the one before it out of date.
    if (part.time <= watermark) this.#forgetBefore(row, watermark);
    return 'kept';
  }

  advance(watermark: Millis, output: Output): void {
    for (;;) {
      const at = Math.min(this.#coming.earliest, this.#waiting.earliest, this.#old.earliest);
      if (at > watermark || at === Number.POSITIVE_INFINITY) return;
      // A row on the left meets what is as old as itself, and what is just not too old.
      while (this.#coming.earliest === at) this.#forgetBefore(this.#coming.shift(), at);
      while (this.#waiting.earliest === at) this.#meet(this.#waiting.shift(), output);
      while (this.#old.earliest === at) this.#forget(this.#old.shift());
    }
  }

  restored(): void {
    const { left, right } = this.#parts;
    const rows = [...left.restoreKept((time) => time), ...right.restore((time) => this.#outOfDate(time))];
    for (const row of rows.toSorted((one, other) => one.order - other.order)) {
      this.#plan(row);
      this.#arrivals = row.order + 1;
    }
  }

  /** When a row on the right is too old; one on the left leaves at its time. */
  #outOfDate(time: Millis): Millis {
    return time + (this.#parts.ttl ?? Number.POSITIVE_INFINITY);
  }

  #plan(row: Row): void {
    const { time, leaving } = row;
    if (row.side === this.#parts.left) {
      this.#waiting.add(row);
      this.horizon = Math.max(this.horizon, time);
      return;
    }
    this.#coming.add(row);
    if (leaving < Number.POSITIVE_INFINITY) this.#old.add(row);
  }

  #meet(row: Row, output: Output): void {
    const { left, conditions } = this.#parts;
    left.drop(row);
    const newest = this.#newestAt(row.identity, row.state.time);
    const both = newest === undefined ? undefined : together(row.state, newest);
    if (both !== undefined && holdsIn(both.value, conditions)) output(both);
    else if (left.isKept) output(withNone(row.state));
  }

  #newestAt(identity: Row['identity'], time: Millis): RowState | undefined {
    const { right, ttl = Number.POSITIVE_INFINITY } = this.#parts;
    const rows = right.rows(identity);
    const newest = rows[firstAfter(rows, time) - 1]?.state;
    return newest !== undefined && time - newest.time <= ttl ? newest : undefined;
  }

  /** Of the rows of this key up to `time`, only the newest can be met any more. */
  #forgetBefore({ identity }: Row, time: Millis): void {
    const { right } = this.#parts;
    const rows = right.rows(identity);
    const past = firstAfter(rows, time) - 1;
    if (past > 0) right.removeFirst(past, identity);
  }

  #forget(row: Row): void {
    const { right } = this.#parts;
    if (right.rows(row.identity).includes(row)) right.remove(row);
  }
}

function withNone({ value, time, id }: Part): Part {
  return { value, time, id: `${id}&` };
}

function timeOf({ time }: Row): Millis {
  return time;
}
