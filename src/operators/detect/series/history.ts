import type { Millis } from '../../../clock.ts';
import type { Baseline, Judgement, Method, Sample, Span, Verdict } from './baseline.ts';

/** The samples of a window, oldest first, from `start` on. */
export interface HistoryState {
  times: Millis[];
  values: number[];
  start: number;
  /** How many of them are in the older half of a statistic that has halves. */
  olderHalf: number;
}

/** What is computed over a window whose values come and go in order. */
export interface Statistic {
  add(value: number): void;
  /** Lets go of the oldest value, which is given. */
  remove(value: number): void;
  /** Called with at least one value in the window. `before` is the newest of them. */
  judge(sample: Sample, before: Sample): Verdict;
  readonly olderHalf?: number;
  restore(values: readonly number[], olderHalf: number): void;
}

/** So many places of samples that are gone, and the arrays are cut. */
const GONE = 1024;

/** Compares a value with the exact window before it. */
export function overWindow(span: Span, statistic: () => Statistic): Method<HistoryState> {
  return {
    create: () => ({ times: [], values: [], start: 0, olderHalf: 0 }),
    clone: ({ times, values, start, olderHalf }) => ({
      times: times.slice(start),
      values: values.slice(start),
      start: 0,
      olderHalf,
    }),
    baseline: () => new WindowBaseline(span, statistic()),
  };
}

class WindowBaseline implements Baseline<HistoryState> {
  readonly #span: Span;
  readonly #statistic: Statistic;

  constructor(span: Span, statistic: Statistic) {
    this.#span = span;
    this.#statistic = statistic;
  }

  judge(state: HistoryState, sample: Sample): Judgement | undefined {
    const oldest = sample.time - this.#span.length;
    while (state.start < state.times.length && state.times[state.start]! < oldest) this.#removeOldest(state);
    const samples = state.times.length - state.start;
    if (samples === 0) return undefined;
    const before = { time: state.times.at(-1)!, value: state.values.at(-1)! };
    const since = Number.isFinite(this.#span.length) ? oldest : state.times[state.start]!;
    const { expected, deviation, score } = this.#statistic.judge(sample, before);
    return { expected, deviation, score, samples, since };
  }

  add(state: HistoryState, { time, value }: Sample): void {
    if (state.times.length - state.start === this.#span.count) this.#removeOldest(state);
    state.times.push(time);
    state.values.push(value);
    this.#statistic.add(value);
    state.olderHalf = this.#statistic.olderHalf ?? 0;
  }

  restore({ values, start, olderHalf }: HistoryState): void {
    this.#statistic.restore(values.slice(start), olderHalf);
  }

  emptyAt({ times }: HistoryState): Millis {
    return (times.at(-1) ?? Number.NEGATIVE_INFINITY) + this.#span.length + 1;
  }

  #removeOldest(state: HistoryState): void {
    this.#statistic.remove(state.values[state.start++]!);
    state.olderHalf = this.#statistic.olderHalf ?? 0;
    if (state.start < GONE || state.start * 2 < state.times.length) return;
    state.times = state.times.slice(state.start);
    state.values = state.values.slice(state.start);
    state.start = 0;
  }
}
