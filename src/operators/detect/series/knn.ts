import type { Baseline, Judged, Judgement, Method, Sample } from './baseline.ts';
import { copyOfHistogram, DecayingHistogram, type HistogramState } from './histogram.ts';

export interface KnnState {
  /** The newest values, oldest first; more than are needed, now and then. */
  values: number[];
  /** How many values there were before `values`. */
  gone: number;
  /** How strange the values were. */
  readonly distances: HistogramState;
  /** So many values from here on belong to the anomaly that was found last. */
  resting: number;
}

/** The last so many values are one shape. */
const SHAPE = 19;
const NEIGHBOURS = 27;
/** So many shapes are enough to compare with. */
const FEWEST = 30;
/** Shapes so near in time say little of each other: of a short series, no more than a third is left out. */
const APART = 3;
/** How many values' distances are remembered. */
const MEMORY = 3000;
/** As long as an anomaly's values are in the shapes behind it, three times over. */
const REST = 60;
/** What a key may keep beyond what it needs. */
const SPARE = 256;

/**
 * How rare the latest shape of a series is: the last values are a point, its strangeness is the mean distance to the
 * nearest of the shapes some time before it, and the score is the inverse of the conformal p-value, (n + 1) / (m + 1) for n
 * values of which m were at least as strange: "one in so many". Behind an anomaly it rests. By E. Burnaev and V. Ishimtsev,
 * "Conformalized density- and distance-based anomaly detection in time-series data" (KNN-CAD), 2016; instead of its
 * Mahalanobis distance it has the Euclidean one, and its calibration scores fade instead of being cut off.
 */
export function nearestNeighbours(shapes: number): Method<KnnState> {
  const histogram = new DecayingHistogram(MEMORY);
  return {
    create: () => ({ values: [], gone: 0, distances: histogram.create(), resting: 0 }),
    clone: (state) => ({
      ...state,
      values: state.values.slice(),
      distances: copyOfHistogram(state.distances),
    }),
    baseline: () => new Neighbours(shapes, histogram),
  };
}

class Neighbours implements Baseline<KnnState> {
  readonly #shapes: number;
  readonly #apart: number;
  readonly #histogram: DecayingHistogram;
  /** The squared distances of the nearest shapes, in order, and where these end. */
  readonly #nearest = new Float64Array(NEIGHBOURS);
  readonly #ends = new Int32Array(NEIGHBOURS);

  constructor(shapes: number, histogram: DecayingHistogram) {
    this.#shapes = shapes;
    this.#apart = Math.ceil(shapes / 2);
    this.#histogram = histogram;
  }

  judge({ values, gone, distances, resting }: KnnState, { value }: Sample): Judgement | undefined {
    const length = gone + values.length;
    const apart = Math.min(this.#apart, Math.max(SHAPE, Math.floor((length + 1) / APART)));
    const newest = length - apart;
    const oldest = Math.max(SHAPE - 1, newest - this.#shapes + 1);
    const samples = newest - oldest + 1;
    if (samples < FEWEST) return undefined;
    const neighbours = Math.min(NEIGHBOURS, samples >> 1);
    this.#search(values, value, { newest: newest - gone, oldest: oldest - gone, neighbours });
    let distance = 0;
    let expected = 0;
    for (let index = 0; index < neighbours; index++) {
      distance += Math.sqrt(this.#nearest[index]!) / neighbours;
      expected += values[this.#ends[index]!]! / neighbours;
    }
    const { all, least } = this.#histogram.weigh(distances, distance);
    const score = resting > 0 ? 0 : (all + 1) / (least + 1);
    return { expected, deviation: distance, score, samples, since: undefined };
  }

  add(state: KnnState, { value }: Sample, { judgement, isStrange }: Judged): void {
    if (judgement !== undefined) this.#histogram.add(state.distances, judgement.deviation);
    if (isStrange) state.resting = REST;
    else if (state.resting > 0) state.resting--;
    state.values.push(value);
    const needed = this.#shapes + this.#apart + SHAPE;
    if (state.values.length < needed + SPARE) return;
    state.gone += state.values.length - needed;
    state.values = state.values.slice(-needed);
  }

  restore(): void {}

  emptyAt(): number {
    return Number.POSITIVE_INFINITY;
  }

  /** Finds the shapes nearest to the one that ends with `value`, among those that end from `oldest` to `newest`. */
  #search(
    values: readonly number[],
    value: number,
    { newest, oldest, neighbours }: { newest: number; oldest: number; neighbours: number },
  ): void {
    const nearest = this.#nearest;
    const ends = this.#ends;
    const last = values.length;
    nearest.fill(Number.POSITIVE_INFINITY);
    ends.fill(newest);
    let furthest = Number.POSITIVE_INFINITY;
    for (let end = newest; end >= oldest; end--) {
      let distance = (value - values[end]!) ** 2;
      for (let back = 1; back < SHAPE && distance < furthest; back++) {
        const step = values[last - back]! - values[end - back]!;
        distance += step * step;
      }
      if (distance >= furthest) continue;
      let place = neighbours - 1;
      for (; place > 0 && nearest[place - 1]! > distance; place--) {
        nearest[place] = nearest[place - 1]!;
        ends[place] = ends[place - 1]!;
      }
      nearest[place] = distance;
      ends[place] = end;
      furthest = nearest[neighbours - 1]!;
    }
  }
}
