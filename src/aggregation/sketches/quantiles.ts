import { between } from '../between.ts';

/** The promised distance of a quantile from the true one, relative to the value. */
export const RELATIVE_ERROR = 0.01;

/** Up to so many values are kept as they are, and their quantiles are exact. */
export const EXACT_UP_TO = 256;

const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);

/** How many values fell into each bucket: bucket i holds magnitudes in (γ^(i−1), γ^i]. */
type Buckets = Map<number, number>;

/** Values, or their buckets once they are too many; plain data. */
export interface Quantiles {
  values: number[] | null;
  count: number;
  zeros: number;
  positive: Buckets;
  negative: Buckets;
  least: number;
  most: number;
}

/**
 * A sketch of quantiles: C. Masson, J. E. Rim and H. K. Lee, "DDSketch: a fast and fully-mergeable quantile sketch with
 * relative-error guarantees", VLDB 2019. It only counts, so the order of values and of merges leaves no trace. A double's
 * whole range has some 73,000 buckets to each side of zero; values within six orders of magnitude fill 700.
 */
export function emptyQuantiles(): Quantiles {
  return {
    values: [],
    count: 0,
    zeros: 0,
    positive: new Map(),
    negative: new Map(),
    least: Number.POSITIVE_INFINITY,
    most: Number.NEGATIVE_INFINITY,
  };
}

export function copyOfQuantiles(sketch: Quantiles): Quantiles {
  return {
    ...sketch,
    values: sketch.values === null ? null : [...sketch.values],
    positive: new Map(sketch.positive),
    negative: new Map(sketch.negative),
  };
}

export function addToQuantiles(sketch: Quantiles, value: number): void {
  sketch.count++;
  sketch.least = Math.min(sketch.least, value);
  sketch.most = Math.max(sketch.most, value);
  if (sketch.values === null) addToBuckets(sketch, value);
  else if (sketch.values.push(value) > EXACT_UP_TO) spread(sketch);
}

/** Takes `from` into `sketch`; `from` stays as it is. */
export function mergeQuantiles(sketch: Quantiles, from: Quantiles): void {
  if (from.values !== null) {
    for (const value of from.values) addToQuantiles(sketch, value);
    return;
  }
  spread(sketch);
  sketch.count += from.count;
  sketch.zeros += from.zeros;
  sketch.least = Math.min(sketch.least, from.least);
  sketch.most = Math.max(sketch.most, from.most);
  mergeBuckets(sketch.positive, from.positive);
  mergeBuckets(sketch.negative, from.negative);
}

/** The value below which the fraction `p` of all lies, between two values in proportion: of buckets, as near as they are. */
export function quantileOf(sketch: Quantiles, p: number): number | null {
  if (sketch.count === 0) return null;
  const rank = p * (sketch.count - 1);
  if (sketch.values === null) return inBuckets(sketch, rank);
  const sorted = sketch.values.toSorted(ascending);
  return between(sorted[Math.floor(rank)]!, sorted[Math.ceil(rank)]!, rank % 1);
}

function spread(sketch: Quantiles): void {
  for (const value of sketch.values ?? []) addToBuckets(sketch, value);
  sketch.values = null;
}

function addToBuckets(sketch: Quantiles, value: number): void {
  if (value === 0) sketch.zeros++;
  else if (value > 0) countIn(sketch.positive, bucketOf(value), 1);
  else countIn(sketch.negative, bucketOf(-value), 1);
}

function bucketOf(magnitude: number): number {
  return Math.ceil(Math.log(magnitude) / LOG_GAMMA);
}

/** The value that is nearest, relatively, to all in the bucket. */
function middleOf(bucket: number): number {
  // 2γ^i / (γ + 1), in an order that does not overflow before it must.
  return Math.exp(bucket * LOG_GAMMA - Math.log((GAMMA + 1) / 2));
}

function mergeBuckets(into: Buckets, from: Buckets): void {
  for (const [bucket, count] of from) countIn(into, bucket, count);
}

function countIn(buckets: Buckets, bucket: number, count: number): void {
  buckets.set(bucket, (buckets.get(bucket) ?? 0) + count);
}

/** What stands at the rank; between two values, which may be in buckets far apart, in proportion. */
function inBuckets(sketch: Quantiles, rank: number): number {
  const { least, most } = sketch;
  let passed = 0;
  let below: number | undefined;
  for (const [middle, count] of inOrder(sketch)) {
    passed += count;
    if (passed <= Math.floor(rank)) continue;
    const value = Math.min(most, Math.max(least, middle));
    below ??= value;
    if (passed > Math.ceil(rank)) return between(below, value, rank % 1);
  }
  return most;
}

/** The buckets with their counts, from the lowest on. */
function* inOrder({
  negative,
  zeros,
  positive,
}: Quantiles): Iterable<readonly [middle: number, count: number]> {
  for (const bucket of [...negative.keys()].sort(ascending).reverse())
    yield [-middleOf(bucket), negative.get(bucket)!];
  if (zeros > 0) yield [0, zeros];
  for (const bucket of [...positive.keys()].sort(ascending)) yield [middleOf(bucket), positive.get(bucket)!];
}

function ascending(one: number, other: number): number {
  return one - other;
}
