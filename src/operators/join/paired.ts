import type { Millis } from '../../clock.ts';
import type { Predicate } from '../../expression/scalar.ts';
import { Departures, leavingOf, nextToLeave } from './departures.ts';
import { holdsIn } from './met.ts';
import { type Part, together } from './part.ts';
import type { Reach } from './reach.ts';
import { firstAfter, type Row, type Side } from './side.ts';
import type { Output, Port, Step, Taken } from './step.ts';

export interface PairedParts {
  readonly reach: Reach;
  readonly left: Side;
  readonly right: Side;
  readonly conditions: readonly Predicate[];
}

/**
 * Rows of two sides that meet when their times are near: each waits until the watermark says that none can come any more
 * that it could meet. What met comes out at once; a row that met none, where that is asked for, when it leaves.
 */
export class PairedJoin implements Step {
  readonly hold: Millis;
  horizon: Millis = Number.NEGATIVE_INFINITY;
  readonly #parts: PairedParts;
  readonly #sides: readonly [Side, Side];
  readonly #departures = [new Departures(leavingOf), new Departures(leavingOf)] as const;
  #arrivals = 0;

  constructor(parts: PairedParts) {
    this.#parts = parts;
    this.#sides = [parts.left, parts.right];
    this.hold = parts.reach.length;
  }

  take(port: Port, part: Part, watermark: Millis, output: Output): Taken {
    const { reach } = this.#parts;
    const { time } = part;
    // Late is what the first row that it could meet has not waited for.
    if (reach.over(reach.before(time) + 1) <= watermark) return 'late';
    const side = this.#sides[port];
    const identity = side.identityOf(part);
    if (identity === undefined) {
      if (side.isKept) output(alone(part, port));
      return side.isKept ? 'kept' : 'alone';
    }
    const met = this.#meet(port, part, this.#sides[1 - port]!.rows(identity), output);
    const { value, id } = part;
    const order = this.#arrivals++;
    this.#plan(side.add({ value, time, id, order, met }, identity, reach.over(time)));
    return 'kept';
  }

  advance(watermark: Millis, output: Output): void {
    const [left, right] = this.#departures;
    for (;;) {
      const row = nextToLeave(left, right, watermark);
      if (row === undefined) return;
      row.side.remove(row);
      if (row.side.isKept && !row.state.met) output(alone(row.state, row.side === this.#sides[0] ? 0 : 1));
    }
  }

  restored(): void {
    for (const row of this.#sides.flatMap((side) => side.restore(this.#parts.reach.over))) {
      this.#plan(row);
      this.#arrivals = Math.max(this.#arrivals, row.order + 1);
    }
  }

  #plan(row: Row): void {
    this.#departures[row.side === this.#sides[0] ? 0 : 1].add(row);
    if (row.leaving > this.horizon) this.horizon = row.leaving;
  }

  /** Puts the part together with all that it meets. Tells whether there was any. */
  #meet(port: Port, part: Part, rows: readonly Row[], output: Output): boolean {
    if (rows.length === 0) return false;
    const { reach, conditions } = this.#parts;
    const last = reach.last(part.time);
    let met = false;
    for (let index = firstAfter(rows, reach.before(part.time)); index < rows.length; index++) {
      const row = rows[index]!;
      if (row.time > last) break;
      const both = port === 0 ? together(part, row.state) : together(row.state, part);
      if (!holdsIn(both.value, conditions)) continue;
      met = true;
      if (row.side.isKept) row.side.meet(row);
      output(both);
    }
    return met;
  }
}

/** A row that met none, with a mark on the side where none was. */
function alone({ value, time, id }: Part, port: Port): Part {
  return { value, time, id: port === 0 ? `${id}&` : `&${id}` };
}
