import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LatencyHistogram } from '../../src/metrics/latency.ts';

const latency = fc.oneof(
  fc.double({ min: 0, max: 100, noNaN: true }),
  fc.double({ min: 0, max: 4e6, noNaN: true }),
);

test('a percentile is that of the sorted latencies, to a hundredth and a microsecond', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(latency, fc.integer({ min: 1, max: 50 })), { minLength: 1 }), (batches) => {
      const histogram = new LatencyHistogram();
      for (const [each, events] of batches) histogram.record(each, events);
      const sorted = batches
        .flatMap(([each, events]) => Array<number>(events).fill(each))
        .sort((a, b) => a - b);
      const { p50, p95, p99 } = histogram.figures();
      for (const [share, figure] of [
        [0.5, p50],
        [0.95, p95],
        [0.99, p99],
      ] as const) {
        const exact = Math.min(3_600_000, sorted[Math.ceil(sorted.length * share) - 1]!);
        expect(figure).toBeGreaterThanOrEqual(exact - 0.001);
        expect(figure).toBeLessThanOrEqual(exact * 1.01 + 0.001);
      }
      expect(histogram.distribution().events).toBe(sorted.length);
    }),
  );
});

test('nothing is known before the first event, and after a reset', () => {
  const histogram = new LatencyHistogram();
  const nothing = { p50: null, p95: null, p99: null };
  expect(histogram.figures()).toEqual(nothing);
  histogram.record(12, 3);
  expect(histogram.figures()).toEqual({ p50: 12, p95: 12, p99: 12 });
  histogram.reset();
  expect(histogram.figures()).toEqual(nothing);
  expect(histogram.distribution()).toMatchObject({ events: 0, sum: 0 });
});

test('the buckets of the distribution add up, each with those before it', () => {
  const histogram = new LatencyHistogram();
  for (const [each, events] of [
    [0.5, 2],
    [5, 3],
    [70_000, 1],
  ] as const)
    histogram.record(each, events);
  const { buckets, events, sum } = histogram.distribution();
  expect(buckets.find(({ upTo }) => upTo === 1)?.events).toBe(2);
  expect(buckets.find(({ upTo }) => upTo === 5)?.events).toBe(5);
  expect(buckets.at(-1)?.events).toBe(5);
  expect([events, sum]).toEqual([6, 70_016]);
});
