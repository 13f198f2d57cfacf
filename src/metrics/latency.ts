import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Millis } from '../clock.ts';
import type { LatencyDistribution, LatencyFigures } from './snapshot.ts';

const MICROSECONDS = 1000;

/** Upper bounds of the buckets that are counted beside the histogram: from a millisecond to a minute. */
const BOUNDS: readonly Millis[] = [
  1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000,
];

/** A high dynamic range histogram (Node's own) of latencies, kept in microseconds. */
export class LatencyHistogram {
  readonly #histogram: RecordableHistogram = createHistogram({
    lowest: 1,
    highest: 3_600_000_000,
    figures: 3,
  });
  readonly #counts = new Float64Array(BOUNDS.length + 1);
  #sum: Millis = 0;

  /** Records that `events` events took `latency` each. */
  record(latency: Millis, events: number): void {
    const value = Math.min(3_600_000_000, Math.max(1, Math.round(latency * MICROSECONDS)));
    for (let i = 0; i < events; i++) this.#histogram.record(value);
    this.#count(latency, events);
  }

  #count(latency: Millis, events: number): void {
    let bucket = 0;
    while (bucket < BOUNDS.length && latency > BOUNDS[bucket]!) bucket++;
    this.#counts[bucket]! += events;
    this.#sum += latency * events;
  }

  reset(): void {
    this.#histogram.reset();
    this.#counts.fill(0);
    this.#sum = 0;
  }

  distribution(): LatencyDistribution {
    let events = 0;
    const buckets = BOUNDS.map((upTo, index) => ({ upTo, events: (events += this.#counts[index]!) }));
    return { buckets, events: events + this.#counts[BOUNDS.length]!, sum: this.#sum };
  }

  figures(): LatencyFigures {
    if (this.#histogram.count === 0) return { p50: null, p95: null, p99: null };
    const at = (percent: number) => this.#histogram.percentile(percent) / MICROSECONDS;
    return { p50: at(50), p95: at(95), p99: at(99) };
  }
}
