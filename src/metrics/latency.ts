import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Millis } from '../clock.ts';
import type { LatencyFigures } from './snapshot.ts';

const MICROSECONDS = 1000;

/** A high dynamic range histogram (Node's own) of latencies, kept in microseconds. */
export class LatencyHistogram {
  readonly #histogram: RecordableHistogram = createHistogram({
    lowest: 1,
    highest: 3_600_000_000,
    figures: 3,
  });

  /** Records that `events` events took `latency` each. */
  record(latency: Millis, events: number): void {
    const value = Math.min(3_600_000_000, Math.max(1, Math.round(latency * MICROSECONDS)));
    for (let i = 0; i < events; i++) this.#histogram.record(value);
  }

  reset(): void {
    this.#histogram.reset();
  }

  figures(): LatencyFigures {
    if (this.#histogram.count === 0) return { p50: null, p95: null, p99: null };
    const at = (percent: number) => this.#histogram.percentile(percent) / MICROSECONDS;
    return { p50: at(50), p95: at(95), p99: at(99) };
  }
}
