import type { Millis } from '../../clock.ts';
import type { Predicate } from '../../expression/scalar.ts';
import { Departures } from './departures.ts';
import { holdsIn } from './met.ts';
import { type Part, together } from './part.ts';
import type { Row, Side } from './side.ts';
import type { Output, Port, Step, Taken } from './step.ts';
import type { History, Version, Versions } from './versions.ts';

export interface AsOfParts {
  readonly left: Side;
  readonly right: Versions;
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
  readonly #waiting = new Departures<Row>(timeOf);
  /** Rows on the right, which take the place of those before them when their time has come. */
  readonly #coming = new Departures<Version>(timeOf);
  /**
   * One row of each key on the right, until it is too old to be met; of use only where it ever is. When its time has come
   * the key is looked at, and if it has a newer one, looked at again as much later: a row costs no entry.
   */
  readonly #old: Departures<Version>;
  /** The keys that are in it. */
  readonly #watched = new Set<History>();
  #arrivals = 0;

  constructor(parts: AsOfParts) {
    this.#parts = parts;
    this.#old = new Departures(({ time }) => time + parts.ttl!);
  }

  take(port: Port, part: Part, watermark: Millis, output: Output): Taken {
    return port === 0 ? this.#takeLeft(part, watermark, output) : this.#takeRight(part, watermark);
  }

  #takeLeft(part: Part, watermark: Millis, output: Output): Taken {
    const { left } = this.#parts;
    const { value, time, id } = part;
    if (time <= watermark) return 'late';
    const identity = left.identityOf(part);
    if (identity === undefined) {
      if (left.isKept) output(withNone(part));
      return left.isKept ? 'kept' : 'alone';
    }
    this.#await(left.keep({ value, time, id, order: this.#arrivals++, met: false }, identity, time));
    return 'kept';
  }

  #takeRight(part: Part, watermark: Millis): Taken {
    const { right, ttl } = this.#parts;
    if (ttl !== undefined && part.time + ttl <= watermark) return 'late';
    const version = right.add(part);
    if (version === undefined) return 'alone';
    this.#plan(version);
    // A late one may be out of date already, or put the one before it out of date.
    if (part.time <= watermark) right.removeBefore(watermark, version.history);
    return 'kept';
  }

  advance(watermark: Millis, output: Output): void {
    const { right } = this.#parts;
    for (;;) {
      const at = Math.min(this.#coming.earliest, this.#waiting.earliest, this.#old.earliest);
      if (at > watermark || at === Number.POSITIVE_INFINITY) return;
      // A row on the left meets what is as old as itself, and what is just not too old.
      while (this.#coming.earliest === at) right.removeBefore(at, this.#coming.shift().history);
      while (this.#waiting.earliest === at) this.#meet(this.#waiting.shift(), output);
      while (this.#old.earliest === at) this.#forgetUpTo(this.#old.shift());
    }
  }

  restored(): void {
    const { left, right } = this.#parts;
    for (const version of right.restore()) this.#plan(version);
    for (const row of left.restoreKept((time) => time)) {
      this.#await(row);
      this.#arrivals = row.order + 1;
    }
  }

  #await(row: Row): void {
    this.#waiting.add(row);
    this.horizon = Math.max(this.horizon, row.time);
  }

  #plan(version: Version): void {
    this.#coming.add(version);
    if (this.#parts.ttl !== undefined) this.#watch(version);
  }

  #watch(version: Version): void {
    const { history } = version;
    if (this.#watched.has(history)) return;
    this.#watched.add(history);
    this.#old.add(version);
  }

  #forgetUpTo({ time, history }: Version): void {
    this.#watched.delete(history);
    if (this.#parts.right.removeUpTo(time, history)) this.#watch({ time: time + this.#parts.ttl!, history });
  }

  #meet(row: Row, output: Output): void {
    const { left, right, conditions, ttl = Number.POSITIVE_INFINITY } = this.#parts;
    left.drop(row);
    const { state, time } = row;
    const newest = right.at(time, row.identity);
    const both = newest !== undefined && time - newest.time <= ttl ? together(state, newest) : undefined;
    if (both !== undefined && holdsIn(both.value, conditions)) output(both);
    else if (left.isKept) output(withNone(state));
  }
}

function withNone({ value, time, id }: Part): Part {
  return { value, time, id: `${id}&` };
}

function timeOf({ time }: { readonly time: Millis }): Millis {
  return time;
}
