/**
 * What patterns and detectors mean, by definition and without regard for speed: all events are looked at each time.
 * Nothing here is shared with the operator.
 */

export interface Item {
  readonly key: string | null;
  readonly kind: 'a' | 'b' | 'c';
  readonly value: number;
  readonly time: number;
}

export interface Alert {
  readonly key: string | null;
  readonly time: number;
}

/** The items that were not late, by the watermark before each, `delay` behind the newest. */
export function inTime(items: readonly Item[], delay: number): Item[] {
  let newest = Number.NEGATIVE_INFINITY;
  return items.filter(({ time }) => {
    const isLate = time <= newest - delay - 1;
    newest = Math.max(newest, time);
    return !isLate;
  });
}

function timesOf(items: readonly Item[]): number[] {
  return [...new Set(items.map(({ time }) => time))].sort((one, other) => one - other);
}

function byKey<Result>(
  items: readonly Item[],
  of: (own: readonly Item[], key: string | null) => Result[],
): Result[] {
  const keys = [...new Set(items.map(({ key }) => key))];
  return keys.flatMap((key) =>
    of(
      items.filter((item) => item.key === key),
      key,
    ),
  );
}

/** At each time of a key, over (time − length, time]; an alert where it holds and did not hold at the time before. */
export function bursts(
  items: readonly Item[],
  length: number,
  holds: (items: readonly Item[]) => boolean,
): Alert[] {
  return byKey(items, (own, key) => {
    let held = false;
    return timesOf(own).flatMap((at) => {
      const before = held;
      held = holds(own.filter(({ time }) => time > at - length && time <= at));
      return held && !before ? [{ key, time: at }] : [];
    });
  });
}

/** An `a` and, later but within `length`, a `b`, before which there was no other `b`: at the `b`. */
export function sequences(items: readonly Item[], length: number): Alert[] {
  return byKey(items, (own, key) => {
    const answers = timesOf(own.filter(({ kind }) => kind === 'b'));
    return answers.flatMap((at, index) => {
      const since = answers[index - 1] ?? Number.NEGATIVE_INFINITY;
      const isBegun = own.some(
        ({ kind, time }) => kind === 'a' && time >= Math.max(since, at - length) && time < at,
      );
      return isBegun ? [{ key, time: at }] : [];
    });
  });
}

/** An `a` with no `b` later but within `length`: `length` after the `a`. */
export function absences(items: readonly Item[], length: number): Alert[] {
  return byKey(items, (own, key) =>
    timesOf(own.filter(({ kind }) => kind === 'a'))
      .filter(
        (begun) => !own.some(({ kind, time }) => kind === 'b' && time > begun && time <= begun + length),
      )
      .map((begun) => ({ key, time: begun + length })),
  );
}

export type Score = (value: number, before: readonly Item[], time: number) => number | null;

/** Each value beside the window before it; null: a value that differs where none did before. */
export function strange(
  items: readonly Item[],
  span: { readonly length?: number; readonly count?: number },
  rules: { readonly threshold: number; readonly least: number; readonly score: Score },
): Alert[] {
  const { length = Number.POSITIVE_INFINITY, count = Number.POSITIVE_INFINITY } = span;
  return byKey(items, (own, key) =>
    own
      .filter(({ value, time }) => {
        const earlier = own
          .filter((item) => item.time >= time - length && item.time < time)
          .sort((one, other) => one.time - other.time);
        const before = earlier.slice(Math.max(0, earlier.length - count));
        if (before.length < rules.least) return false;
        const score = rules.score(value, before, time);
        return score === null || Math.abs(score) > rules.threshold;
      })
      .map(({ time }) => ({ key, time })),
  );
}

function scored(value: number, expected: number, deviation: number): number | null {
  if (deviation > 1e-12) return (value - expected) / deviation;
  return Math.abs(value - expected) < 1e-12 ? 0 : null;
}

export const zScore: Score = (value, before) => {
  const mean = before.reduce((sum, item) => sum + item.value, 0) / before.length;
  const squares = before.reduce((sum, item) => sum + (item.value - mean) ** 2, 0);
  return scored(value, mean, before.length < 2 ? 0 : Math.sqrt(squares / (before.length - 1)));
};

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const place = part * (sorted.length - 1);
  const below = Math.floor(place);
  return sorted[below]! + (place - below) * ((sorted[below + 1] ?? 0) - sorted[below]!);
}

export const medianScore: Score = (value, before) => {
  const values = before.map((item) => item.value);
  const median = quantile(values, 0.5);
  const distances = values.map((each) => Math.abs(each - median));
  return scored(value, median, 1.4826 * quantile(distances, 0.5));
};

export const quartileScore: Score = (value, before) => {
  const values = before.map((item) => item.value);
  const [low, high] = [quantile(values, 0.25), quantile(values, 0.75)];
  return scored(value, Math.min(Math.max(value, low), high), high - low);
};

export function decayingScore(span: number): Score {
  return (value, before, time) => {
    const weights = before.map((item) => Math.exp((item.time - time) / span));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    // From the first value on, so that equal values have exactly their own mean.
    const first = before[0]!.value;
    const mean =
      first + before.reduce((sum, item, index) => sum + (item.value - first) * weights[index]!, 0) / total;
    const squares = before.reduce((sum, item, index) => sum + weights[index]! * (item.value - mean) ** 2, 0);
    const freedom = total - weights.reduce((sum, weight) => sum + weight * weight, 0) / total;
    return scored(value, mean, before.length < 2 || freedom <= 1e-12 ? 0 : Math.sqrt(squares / freedom));
  };
}

/** The values that take a rare shape, by all distances to all shapes that count; one key, distinct times, in order. */
export function rareShapes(
  values: readonly number[],
  { shapes, threshold }: { shapes: number; threshold: number },
) {
  const strangeness: (number | undefined)[] = [];
  const alerts: number[] = [];
  values.forEach((_, index) => {
    const shapeAt = (end: number) => values.slice(end - 18, end + 1);
    const apart = Math.min(shapes / 2, Math.max(19, Math.floor((index + 1) / 3)));
    const ends = values.map((_, end) => end).filter((end) => end >= 18 && end <= index - apart);
    const distances = ends.slice(-shapes).map((end) => {
      const other = shapeAt(end);
      return Math.hypot(...shapeAt(index).map((value, step) => value - other[step]!));
    });
    if (distances.length < 30) return;
    const nearest = distances
      .toSorted((one, other) => one - other)
      .slice(0, Math.min(27, Math.floor(distances.length / 2)));
    const own = nearest.reduce((sum, distance) => sum + distance, 0) / nearest.length;
    const bucket = (distance: number) => Math.floor(Math.log(distance) / Math.log(1.02));
    const before = strangeness.flatMap((distance, at) =>
      distance === undefined
        ? []
        : { weight: (1 - 1 / 3000) ** (index - 1 - at), isLess: bucket(distance) < bucket(own) },
    );
    const weightOf = (some: typeof before) => some.reduce((sum, { weight }) => sum + weight, 0);
    const score = (weightOf(before) + 1) / (weightOf(before.filter(({ isLess }) => !isLess)) + 1);
    const last = alerts.at(-1);
    if (score > threshold && (last === undefined || index > last + 60)) alerts.push(index);
    strangeness[index] = own;
  });
  return alerts;
}
