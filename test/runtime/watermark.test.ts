import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SourceWatermark } from '../../src/runtime/watermark.ts';

describe('the watermark of a source', () => {
  it('stays at the beginning of time until every partition has shown an event', () => {
    const watermark = new SourceWatermark(0);
    watermark.add('a');
    watermark.add('b');
    watermark.observe('a', 100);
    expect(watermark.current).toBe(Number.NEGATIVE_INFINITY);
    watermark.observe('b', 50);
    expect(watermark.current).toBe(49);
  });

  it('runs the delay and a millisecond behind the newest event of the slowest partition', () => {
    const watermark = new SourceWatermark(10);
    watermark.add('a');
    watermark.add('b');
    watermark.observe('a', 1000);
    watermark.observe('b', 500);
    expect(watermark.current).toBe(489);
    watermark.observe('b', 2000);
    expect(watermark.current).toBe(989);
  });

  it('leaves idle partitions out, and takes them in again when they wake', () => {
    const watermark = new SourceWatermark(0);
    watermark.add('a');
    watermark.add('b');
    watermark.observe('a', 100);
    watermark.setIdle('b', true);
    expect(watermark.current).toBe(99);
    watermark.setIdle('b', false);
    watermark.observe('a', 200);
    expect(watermark.current).toBe(99);
    watermark.observe('b', 150);
    expect(watermark.current).toBe(149);
  });

  it('does not move when all partitions are idle', () => {
    const watermark = new SourceWatermark(0);
    watermark.add('a');
    watermark.observe('a', 100);
    watermark.setIdle('a', true);
    expect(watermark.current).toBe(99);
  });

  it('goes on from the times that a checkpoint kept', () => {
    const before = new SourceWatermark(5);
    before.add('a');
    before.add('b');
    before.observe('a', 100);
    before.observe('b', 70);
    const after = new SourceWatermark(5, before.current);
    for (const [partition, newest] of Object.entries(before.newest())) after.add(partition, newest);
    after.observe('b', 90);
    expect(after.current).toBe(84);
  });

  it('is, at any moment, the least of the partitions’ newest times, and never goes back', () => {
    const step = fc.record({
      partition: fc.constantFrom('a', 'b', 'c'),
      time: fc.integer({ min: -1000, max: 1000 }),
    });
    fc.assert(
      fc.property(fc.array(step), fc.nat(50), (steps, delay) => {
        const watermark = new SourceWatermark(delay);
        const seen = new Map<string, number[]>([
          ['a', []],
          ['b', []],
          ['c', []],
        ]);
        for (const partition of seen.keys()) watermark.add(partition);
        for (const { partition, time } of steps) {
          watermark.observe(partition, time);
          seen.get(partition)!.push(time);
          const slowest = Math.min(...[...seen.values()].map((times) => Math.max(...times)));
          expect(watermark.current).toBe(slowest - delay - 1);
        }
      }),
    );
  });
});
