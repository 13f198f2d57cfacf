/** How often values were seen, in buckets of which each is a little wider than the one before. */
export interface HistogramState {
  /** By the number of the bucket; those of the newest value weigh `newest`. */
  readonly weights: Map<number, number>;
  total: number;
  newest: number;
}

/** Buckets go on by so much: two values that are nearer to each other may count as equal. */
const STEP = Math.log(1.02);
/** Where the weight of the newest would lose precision, all are written down. */
const LARGEST = 2 ** 64;
/** Beside the newest, this is nothing. */
const NOTHING = 1e-9;

/**
 * A histogram of values of at least 0 with a relative error of 2 %, in which each value makes those before it a little
 * lighter: its size is bounded by the spread of the values, not by how many there are. The buckets are those of C. Masson,
 * J. Rim and H. Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees", VLDB 2019.
 */
export class DecayingHistogram {
  readonly #growth: number;

  /** `memory`: how many values weigh as much as all. */
  constructor(memory: number) {
    this.#growth = 1 / (1 - 1 / memory);
  }

  create(): HistogramState {
    return { weights: new Map(), total: 0, newest: 1 };
  }

  add(state: HistogramState, value: number): void {
    const { weights } = state;
    const bucket = bucketOf(value);
    state.newest *= this.#growth;
    weights.set(bucket, (weights.get(bucket) ?? 0) + state.newest);
    state.total += state.newest;
    if (state.newest > LARGEST) normalise(state);
  }

  /** The weight of all values, where that of the newest is 1, and of those that are at least as large as this one. */
  weigh({ weights, total, newest }: HistogramState, value: number): { all: number; least: number } {
    const bucket = bucketOf(value);
    let least = 0;
    for (const [each, weight] of weights) if (each >= bucket) least += weight;
    return { all: total / newest, least: least / newest };
  }
}

/** −Infinity for 0, and Infinity for what is too large for a number. */
function bucketOf(value: number): number {
  return Math.floor(Math.log(value) / STEP);
}

function normalise(state: HistogramState): void {
  let total = 0;
  for (const [bucket, weight] of state.weights) {
    const share = weight / state.newest;
    if (share < NOTHING) state.weights.delete(bucket);
    else {
      state.weights.set(bucket, share);
      total += share;
    }
  }
  state.total = total;
  state.newest = 1;
}

export function copyOfHistogram(state: HistogramState): HistogramState {
  return { ...state, weights: new Map(state.weights) };
}
