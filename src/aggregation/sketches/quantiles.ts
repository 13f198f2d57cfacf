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

/** The value below which the fraction `p` of all lies: between neighbours while exact, else some value near it. */
export function quantileOf(sketch: Quantiles, p: number): number | null {
  if (sketch.count === 0) return null;
  const rank = p * (sketch.count - 1);
  if (sketch.values !== null) return between(sketch.values.toSorted(ascending), rank);
  return Math.min(sketch.most, Math.max(sketch.least, inBuckets(sketch, rank)));
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

function inBuckets({ negative, zeros, positive, most }: Quantiles, rank: number): number {
  let passed = 0;
  for (const bucket of [...negative.keys()].sort((one, other) => other - one)) {
    passed += negative.get(bucket)!;
    if (passed > rank) return -middleOf(bucket);
  }
  passed += zeros;
  if (passed > rank) return 0;
  for (const bucket of [...positive.keys()].sort(ascending)) {
    passed += positive.get(bucket)!;
    if (passed > rank) return middleOf(bucket);
  }
  return most;
}

function between(sorted: readonly number[], rank: number): number {
  const below = sorted[Math.floor(rank)]!;
  const above = sorted[Math.ceil(rank)]!;
  return below === above ? below : below + (above - below) * (rank - Math.floor(rank));
}

function ascending(one: number, other: number): number {
  return one - other;
}
