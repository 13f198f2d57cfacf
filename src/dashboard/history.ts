import type { Millis } from '../clock.ts';
import type { Snapshot } from '../metrics/snapshot.ts';

const SAMPLES = 60;
const SAMPLE_PERIOD: Millis = 1000;

export interface Sample {
  readonly throughput: number;
  readonly latency: Millis | null;
  readonly queueDepth: number;
}

/** The last minute of a job, a sample a second. */
export class History {
  #samples: Sample[] = [];
  #progress: { at: Millis; done: number }[] = [];
  #sampledAt: Millis = Number.NEGATIVE_INFINITY;

  /** Called with every snapshot that is shown, as often as one likes. */
  add(snapshot: Snapshot): void {
    if (snapshot.uptimeMs - this.#sampledAt < SAMPLE_PERIOD) return;
    this.#sampledAt = snapshot.uptimeMs;
    this.#samples.push({
      throughput: snapshot.throughputPerSecond,
      latency: snapshot.recentLatency.p95,
      queueDepth: snapshot.queueDepth,
    });
    if (this.#samples.length > SAMPLES) this.#samples.shift();
    if (snapshot.progress === null) return;
    this.#progress.push({ at: snapshot.uptimeMs, done: snapshot.progress.done });
    if (this.#progress.length > SAMPLES) this.#progress.shift();
  }

  /** Oldest first. */
  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /** How long the rest of a bounded input takes at the pace of the last minute; null when that can't be told. */
  timeToGo(snapshot: Snapshot): Millis | null {
    const oldest = this.#progress[0];
    if (snapshot.progress === null || oldest === undefined) return null;
    const elapsed = snapshot.uptimeMs - oldest.at;
    const done = snapshot.progress.done - oldest.done;
    if (elapsed < 2 * SAMPLE_PERIOD || done <= 0) return null;
    return ((snapshot.progress.total - snapshot.progress.done) / done) * elapsed;
  }
}
