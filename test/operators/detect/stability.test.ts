import { describe, expect, it } from 'vitest';
import type { Method, Sample } from '../../../src/operators/detect/series/baseline.ts';
import { exponentiallyWeighted } from '../../../src/operators/detect/series/ewma.ts';
import { overWindow } from '../../../src/operators/detect/series/history.ts';
import { ZScore } from '../../../src/operators/detect/series/z-score.ts';
import { Random } from '../../../src/sources/generate/random.ts';

/** `STABILITY_EVENTS=100000000` takes some minutes. */
const EVENTS = Number(process.env.STABILITY_EVENTS ?? 300_000);
const COUNT = 1000;
const span = { length: Number.POSITIVE_INFINITY, count: COUNT };

/** Near a thousand millions, drifting, with a noise of about 1, and a leap to 10¹⁵ now and then. */
function valueAt(index: number, random: Random): number {
  random.startEvent(index);
  return index % 100_003 === 0 ? 1e15 : 1e9 + index / 1000 + random.next() * 4;
}

/** What is said of the last value, and the newest values before it. */
function judgedAtEnd<State>(method: Method<State>, keep: number) {
  const random = new Random(1);
  const [state, baseline] = [method.create(), method.baseline()];
  const judged = { judgement: undefined, isStrange: false };
  const sample: { -readonly [Field in keyof Sample]: Sample[Field] } = { time: 0, value: 0 };
  // Not at a leap, nor right behind one.
  const last = EVENTS - (EVENTS % 100_003 < keep ? keep : 0);
  for (let index = 1; index < last; index++) {
    sample.time = index;
    sample.value = valueAt(index, random);
    baseline.judge(state, sample);
    baseline.add(state, sample, judged);
  }
  const before = Array.from({ length: keep }, (_, index) => valueAt(last - keep + index, random));
  return { before, judgement: baseline.judge(state, { time: last, value: valueAt(last, random) })! };
}

describe(`after ${EVENTS} values`, () => {
  it('the mean and deviation of the window are those of its values, with nothing left of what has gone', () => {
    const { before, judgement } = judgedAtEnd(
      overWindow(span, () => new ZScore()),
      COUNT,
    );
    const [first] = before as [number];
    const mean = before.reduce((sum, value) => sum + (value - first), 0) / COUNT;
    const squares = before.reduce((sum, value) => sum + (value - first - mean) ** 2, 0);
    expect(judgement.expected - first).toBeCloseTo(mean, 5);
    expect(judgement.deviation / Math.sqrt(squares / (COUNT - 1))).toBeCloseTo(1, 6);
  }, 900_000);

  it('the weighted mean and deviation are those of all values by their weights', () => {
    // Of older ones than these nothing is left: (1 − 2 / 1001)^30000 is e^−60, even of 10¹⁵.
    const { before, judgement } = judgedAtEnd(exponentiallyWeighted(span), 30 * COUNT);
    const first = before.at(-1)!;
    const weights = before.map((_, index) => (1 - 2 / (COUNT + 1)) ** (before.length - 1 - index));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const mean = before.reduce((sum, value, index) => sum + weights[index]! * (value - first), 0) / total;
    const squares = before.reduce(
      (sum, value, index) => sum + weights[index]! * (value - first - mean) ** 2,
      0,
    );
    const freedom = total - weights.reduce((sum, weight) => sum + weight * weight, 0) / total;
    expect(judgement.expected - first).toBeCloseTo(mean, 5);
    expect(judgement.deviation / Math.sqrt(squares / freedom)).toBeCloseTo(1, 5);
  }, 900_000);
});
