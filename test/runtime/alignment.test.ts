import { describe, expect, it } from 'vitest';
import { Alignment } from '../../src/runtime/alignment.ts';
import { SourceWatermark } from '../../src/runtime/watermark.ts';

/** Two partitions with 100 ms of drift between them, and what the source is told. */
function aligned() {
  const told: string[] = [];
  const source = {
    pause: (id?: string) => told.push(`pause ${id}`),
    resume: (id?: string) => told.push(`resume ${id}`),
  };
  const watermark = new SourceWatermark(0);
  for (const partition of ['fast', 'slow']) watermark.add(partition);
  const alignment = new Alignment(source, watermark, 100);
  const at = (partition: string, time: number): string[] => {
    watermark.observe(partition, time);
    alignment.check();
    return told.splice(0);
  };
  return { alignment, watermark, at, told };
}

describe('partitions that are read at unequal speed', () => {
  it('wait when they are too far ahead, until the slowest has made up half of it', () => {
    const { at } = aligned();
    expect(at('slow', 0)).toEqual([]);
    expect(at('fast', 100)).toEqual([]);
    expect(at('fast', 101)).toEqual(['pause fast']);
    expect(at('slow', 50)).toEqual([]);
    expect(at('slow', 51)).toEqual(['resume fast']);
  });

  it('wait for one of which nothing has come yet, counted from where they began', () => {
    const { at } = aligned();
    expect(at('fast', 1000)).toEqual([]);
    expect(at('fast', 1101)).toEqual(['pause fast']);
    expect(at('slow', 900)).toEqual([]);
    expect(at('slow', 1060)).toEqual(['resume fast']);
  });

  it('do not wait for one that is idle, or that is read to its end', () => {
    for (const rest of [
      (w: SourceWatermark) => w.setIdle('slow', true),
      (w: SourceWatermark) => w.finish('slow'),
    ]) {
      const { at, alignment, watermark, told } = aligned();
      at('slow', 0);
      expect(at('fast', 500)).toEqual(['pause fast']);
      rest(watermark);
      alignment.check();
      expect(told).toEqual(['resume fast']);
      told.length = 0;
      expect(at('fast', 5000)).toEqual([]);
    }
  });

  it('begin anew when they are taken away', () => {
    const { at, alignment, told } = aligned();
    at('slow', 0);
    at('fast', 500);
    alignment.forget('fast');
    expect(told).toEqual(['resume fast']);
  });
});

describe('the watermark of a bounded read', () => {
  it('goes by the partitions that are not at their ends', () => {
    const { watermark } = aligned();
    watermark.observe('fast', 500);
    watermark.observe('slow', 10);
    expect(watermark.current).toBe(9);
    watermark.finish('slow');
    expect(watermark.current).toBe(499);
    watermark.finish('fast');
    expect(watermark.current).toBe(499);
  });
});
