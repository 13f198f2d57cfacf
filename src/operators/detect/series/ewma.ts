import type { Millis } from '../../../clock.ts';
import type { Baseline, Judgement, Method, Sample, Span } from './baseline.ts';
import { measured } from './measured.ts';

/** Samples weigh less the older they are. */
export interface EwmaState {
  count: number;
  /** The sum of weights, as of the newest sample, and that of their squares. */
  weight: number;
  squaredWeights: number;
  mean: number;
  /** The sum of weighted squared distances from the mean. */
  squares: number;
  newest: Millis;
}

const NOTHING = { count: 0, weight: 0, squaredWeights: 0, mean: 0, squares: 0 };

/** After so many spans without a sample nothing is left of those before: e^−40 of them. */
const FORGOTTEN = 40;

/**
 * The mean and deviation of all samples, each weighted by e^(−age / span): by the update of
 * D. H. D. West, "Updating mean and variance estimates: an improved method", 1979. With a count instead of a time, each
 * sample makes those before it 1 − 2 / (count + 1) as heavy.
 */
export function exponentiallyWeighted(span: Span): Method<EwmaState> {
  return {
    create: () => ({ ...NOTHING, newest: 0 }),
    clone: (state) => ({ ...state }),
    baseline: () => new EwmaBaseline(span),
  };
}

class EwmaBaseline implements Baseline<EwmaState> {
  readonly #span: Span;

  constructor(span: Span) {
    this.#span = span;
  }

  judge(state: EwmaState, { time, value }: Sample): Judgement | undefined {
    if (state.count === 0 || time >= this.emptyAt(state)) return undefined;
    const { weight, squaredWeights, mean, squares, count } = state;
    // What is left of one sample when the mean has been taken out, as n − 1 is for equal weights.
    const freedom = weight - squaredWeights / weight;
    const variance = count < 2 || freedom <= 0 ? 0 : squares / freedom;
    return { ...measured(value, mean, Math.sqrt(variance)), samples: count, since: undefined };
  }

  add(state: EwmaState, { time, value }: Sample): void {
    const decay = this.#decay(state, time);
    state.count = decay === 0 ? 1 : state.count + 1;
    state.weight = state.weight * decay + 1;
    state.squaredWeights = state.squaredWeights * decay * decay + 1;
    const distance = value - (decay === 0 ? 0 : state.mean);
    const step = distance / state.weight;
    state.squares = state.squares * decay + (decay === 0 ? 0 : distance * (distance - step));
    state.mean = (decay === 0 ? 0 : state.mean) + step;
    state.newest = time;
    // A square beyond all numbers would never fade: what came before it is forgotten with it.
    if (!Number.isFinite(state.squares))
      Object.assign(state, { ...NOTHING, count: 1, weight: 1, squaredWeights: 1, mean: value });
  }

  restore(): void {}

  emptyAt({ newest }: EwmaState): Millis {
    return newest + FORGOTTEN * this.#span.length;
  }

  #decay(state: EwmaState, time: Millis): number {
    const { length, count } = this.#span;
    if (state.count === 0 || time >= this.emptyAt(state)) return 0;
    return Number.isFinite(length) ? Math.exp((state.newest - time) / length) : 1 - 2 / (count + 1);
  }
}
