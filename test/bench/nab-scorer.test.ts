import { describe, expect, it } from 'vitest';
import { nabScore, type ScoredSeries, scoreAt } from '../../bench/nab/scorer.ts';

function series(name: string, length: number, seed: number, windows: [number, number][]): ScoredSeries {
  const indexes = Array.from({ length }, (_, index) => index);
  return {
    name,
    timestamps: indexes.map(String),
    scores: indexes.map((index) => ((index * index * seed + 7 * index) % 101) / 100),
    windows: windows.map(([first, last]) => [String(first), String(last)]),
  };
}

/** Two anomalies, one that begins in the probation and one at the end, and a series without any. */
const corpus = [
  series('one', 40, 3, [
    [10, 14],
    [25, 31],
  ]),
  series('two', 60, 5, [
    [3, 12],
    [50, 59],
  ]),
  series('three', 30, 11, []),
];

describe('the scorer of the Numenta Anomaly Benchmark', () => {
  // The figures are those of NAB's own nab/sweeper.py on the same series.
  it('gives what NAB gives', () => {
    const { score, threshold } = nabScore(corpus);
    expect(score).toBeCloseTo(61.37930359378668, 10);
    expect(threshold).toBe(0.74);
  });

  it.each([
    [0.9, 45.1788799540075],
    [0.75, 57.49953788032903],
    [0.5, 38.01606945690356],
  ])('gives what NAB gives at the threshold %d', (threshold, score) => {
    expect(scoreAt(corpus, threshold)).toBeCloseTo(score, 10);
  });

  it('gives 0 to a detector that finds nothing, and 100 to one that finds all, at once, and nothing else', () => {
    const withScores = (scoreOf: (index: number) => number) => [
      { ...corpus[0]!, scores: corpus[0]!.timestamps.map((_, index) => scoreOf(index)) },
    ];
    expect(
      scoreAt(
        withScores(() => 0),
        0.5,
      ),
    ).toBe(0);
    expect(nabScore(withScores((index) => (index === 10 || index === 25 ? 1 : 0))).score).toBe(100);
  });
});
