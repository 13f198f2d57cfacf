import type { Millis } from '../clock.ts';
import type { LatencyDistribution, LatencyFigures } from './snapshot.ts';

const MICROSECONDS = 1000;
/** An hour, in microseconds. */
const HIGHEST = 3_600_000_000;

/** Each power of two is cut into 2^7 cells, so that a cell is at most 0.8 % wide; below 2^8 each value has its own. */
const PRECISION = 7;
const EXACT = 2 ** (PRECISION + 1);
const CELLS = cellOf(HIGHEST) + 1;

/** Upper bounds of the buckets that are counted beside the cells: from a millisecond to a minute. */
const BOUNDS: readonly Millis[] = [
  1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000,
];

/**
 * Latencies in the cells of a high dynamic range histogram (Gil Tene's), in microseconds. A batch of events that were
 * read together costs one addition; Node's own histogram takes one event at a time.
 */
export class LatencyHistogram {
  readonly #cells = new Float64Array(CELLS);
  readonly #counts = new Float64Array(BOUNDS.length + 1);
  #events = 0;
  #longest = 0;
  #sum: Millis = 0;

  /** Records that `events` events took `latency` each. */
  record(latency: Millis, events: number): void {
    const value = Math.min(HIGHEST, Math.max(1, Math.round(latency * MICROSECONDS)));
    this.#cells[cellOf(value)]! += events;
    this.#events += events;
    if (value > this.#longest) this.#longest = value;
    let bucket = 0;
    while (bucket < BOUNDS.length && latency > BOUNDS[bucket]!) bucket++;
    this.#counts[bucket]! += events;
    this.#sum += latency * events;
  }

  reset(): void {
    this.#cells.fill(0);
    this.#counts.fill(0);
    this.#events = 0;
    this.#longest = 0;
    this.#sum = 0;
  }

  distribution(): LatencyDistribution {
    let events = 0;
    const buckets = BOUNDS.map((upTo, index) => ({ upTo, events: (events += this.#counts[index]!) }));
    return { buckets, events: this.#events, sum: this.#sum };
  }

  figures(): LatencyFigures {
    if (this.#events === 0) return { p50: null, p95: null, p99: null };
    return { p50: this.#below(0.5), p95: this.#below(0.95), p99: this.#below(0.99) };
  }

  /** The latency that this share of all events did not exceed. */
  #below(share: number): Millis {
    const wanted = Math.ceil(this.#events * share);
    let seen = 0;
    let cell = 0;
    while ((seen += this.#cells[cell]!) < wanted) cell++;
    return Math.min(this.#longest, highestIn(cell)) / MICROSECONDS;
  }
}

/** Of a whole number from 0 to 2^32 - 1. */
function cellOf(value: number): number {
  if (value < EXACT) return value;
  const shift = 31 - Math.clz32(value) - PRECISION;
  return (shift << PRECISION) + (value >>> shift);
}

function highestIn(cell: number): number {
  if (cell < EXACT) return cell;
  const shift = (cell >> PRECISION) - 1;
  return (cell - (shift << PRECISION) + 1) * 2 ** shift - 1;
}
