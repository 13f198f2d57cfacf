/**
 * The scorer of the Numenta Anomaly Benchmark, standard profile: what nab/sweeper.py and nab/runner.py of numenta/NAB do,
 * in their order of operations (A. Lavin and S. Ahmad, "Evaluating real-time anomaly detection algorithms", 2015). On the
 * results that NAB publishes of its own detectors it gives NAB's own figures to the last digit shown.
 */

/** A series with what was thought of each of its values. */
export interface ScoredSeries {
  readonly name: string;
  /** As they stand in the file. */
  readonly timestamps: readonly string[];
  /** From 0 to 1, one for each timestamp. */
  readonly scores: readonly number[];
  /** First and last timestamp of each labelled anomaly. */
  readonly windows: readonly (readonly [string, string])[];
}

export interface NabScore {
  /** 0 for a detector that finds nothing, 100 for a perfect one. */
  readonly score: number;
  /** The threshold, one for all series, with which that is reached. */
  readonly threshold: number;
}

const FALSE_POSITIVE = 0.11;
const PROBATION = 0.15;
const LONGEST_PROBATION = PROBATION * 5000;

interface Point {
  readonly anomaly: number;
  readonly gain: number;
  /** The labelled anomaly that it lies in. */
  readonly window: string | null;
}

/** The best score over all thresholds. */
export function nabScore(all: readonly ScoredSeries[]): NabScore {
  let best = { score: 0, threshold: 1.1 };
  for (const each of scoresByThreshold(all)) if (each.score > best.score) best = each;
  return best;
}

/** The score if all values of at least this score are called anomalies. */
export function scoreAt(all: readonly ScoredSeries[], threshold: number): number {
  let score = 0;
  for (const each of scoresByThreshold(all)) {
    if (each.threshold < threshold) break;
    score = each.score;
  }
  return score;
}

/** From the highest threshold to the lowest. */
function* scoresByThreshold(all: readonly ScoredSeries[]): Generator<NabScore> {
  const points = all.flatMap(pointsOf).toSorted((one, other) => other.anomaly - one.anomaly);
  const gains = new Map<string, number>();
  for (const { window } of points) if (window !== null) gains.set(window, -1);
  const nothing = -gains.size;
  const perfect = all.reduce((count, { windows }) => count + windows.length, 0);
  let sum = nothing;
  for (const [index, { anomaly, gain, window }] of points.entries()) {
    if (window === null) sum += gain;
    else {
      const before = gains.get(window)!;
      sum += Math.max(0, gain - before);
      gains.set(window, Math.max(gain, before));
    }
    const isLastOfThreshold = points[index + 1]?.anomaly !== anomaly;
    if (isLastOfThreshold) yield { score: (100 * (sum - nothing)) / (perfect - nothing), threshold: anomaly };
  }
}

/** What each value behind the probation gains if it is called an anomaly. */
function pointsOf({ name, timestamps, scores, windows }: ScoredSeries): Point[] {
  const probation = Math.min(Math.floor(PROBATION * timestamps.length), LONGEST_PROBATION);
  const points: Point[] = [];
  const waiting = [...windows];
  let current: { name: string; last: number; width: number } | undefined;
  let former: { last: number; width: number } | undefined;
  for (const [index, timestamp] of timestamps.entries()) {
    if (waiting[0]?.[0] === timestamp) {
      const [first, end] = waiting.shift()!;
      const last = timestamps.indexOf(end);
      current = { name: `${name}|${first}`, last, width: last - timestamps.indexOf(first) + 1 };
    }
    if (index >= probation) {
      const anomaly = scores[index]!;
      points.push({ anomaly, gain: gainAt(index, current, former), window: current?.name ?? null });
    }
    if (current !== undefined && index === current.last) {
      former = current;
      current = undefined;
    }
  }
  return points;
}

function gainAt(
  index: number,
  current: { last: number; width: number } | undefined,
  former: { last: number; width: number } | undefined,
): number {
  if (current !== undefined) return sigmoid(-(current.last - index + 1) / current.width) / sigmoid(-1);
  if (former === undefined) return -FALSE_POSITIVE;
  return sigmoid((index - former.last) / (former.width - 1)) * FALSE_POSITIVE;
}

/** From 1 well before an anomaly's end over 0 at it to -1 well behind it. */
function sigmoid(position: number): number {
  return position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
}
