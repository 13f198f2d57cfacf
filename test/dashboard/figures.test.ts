import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { largeDigits } from '../../src/dashboard/digits.ts';
import {
  bytes,
  compact,
  duration,
  exact,
  latency,
  latencyParts,
  percent,
  plural,
  rate,
} from '../../src/dashboard/format.ts';
import { History } from '../../src/dashboard/history.ts';
import { sparkline } from '../../src/dashboard/sparkline.ts';
import { column, cut, cutInside, displayable, fitting } from '../../src/dashboard/text.ts';
import { runningJob } from './snapshots.ts';

describe('a number', () => {
  test('has at most five characters where room is short', () => {
    expect([0, 9_876, 9_999, 10_000, 98_712, 999_499, 999_500, 1_234_567, 5e11].map(compact)).toEqual(
      ['0', '9876', '9999', '10.0k', '98.7k', '999k', '1.00M', '1.23M', '500G'], // prettier than 1e3k
    );
    fc.assert(fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (n) => compact(n).length <= 5));
    fc.assert(fc.property(fc.double({ min: 0, max: 1e9 }), (n) => rate(n).length <= 5));
  });

  test('is exact where there is room', () => {
    expect(exact(1_234_567)).toBe('1,234,567');
    expect([plural(1, 'dead letter'), plural(0, 'dead letter')]).toEqual(['1 dead letter', '0 dead letters']);
  });

  test('is never rounded to nothing, nor to all', () => {
    expect([0, 0.0002, 0.0243, 12.34, 99.99, 100].map(percent)).toEqual([
      '0 %',
      '<0.01 %',
      '0.02 %',
      '12.3 %',
      '99.9 %',
      '100 %',
    ]);
    expect([rate(0), rate(0.4), rate(12.4)]).toEqual(['0', '0.4', '12']);
  });

  test('has the unit that a person would choose', () => {
    expect([0.42, 12.3, 999.4, 1250, 98_000, 240_000].map(latency)).toEqual([
      '0.4 ms',
      '12 ms',
      '999 ms',
      '1.25 s',
      '98.0 s',
      '240 s',
    ]);
    expect(latency(null)).toBe('–');
    expect([0, 999, 61_000, 3_700_000, 90_000_000].map(duration)).toEqual([
      '0s',
      '0s',
      '1m 1s',
      '1h 1m',
      '1d 1h',
    ]);
    expect([0, 999, 1000, 1_250_000, 2.4e9].map(bytes)).toEqual([
      '0 B',
      '999 B',
      '1.00 kB',
      '1.25 MB',
      '2.40 GB',
    ]);
  });

  test('has a glyph for each character that it may have, each line as wide as the others', () => {
    const values = fc.oneof(
      fc.nat({ max: Number.MAX_SAFE_INTEGER }).map(compact),
      fc.double({ min: 0, max: 1e12 }).map(rate),
      fc.nat({ max: 1e9 }).map((length) => latencyParts(length)[0]),
      fc.constant('–'),
    );
    fc.assert(
      fc.property(values, (value) => {
        const lines = largeDigits(value);
        expect(new Set(lines.map((line) => line.length)).size).toBe(1);
        expect(lines.map((line) => stringWidth(line))).toEqual(lines.map((line) => line.length));
        expect(lines.join('').trim()).not.toBe('');
      }),
    );
  });
});

describe('a sparkline', () => {
  test('shows the newest values at the right, in eighths of the ceiling', () => {
    expect(sparkline([9, 0, 25, 50, 100, 200], { width: 5, height: 1, ceiling: 100 })).toEqual(['▁▂▄██']);
    expect(sparkline([50, 100], { width: 4, height: 2, ceiling: 100 })).toEqual(['   █', '  ██']);
  });

  test('leaves a gap where nothing was measured, and survives a ceiling of zero', () => {
    expect(sparkline([null, 100, null], { width: 3, height: 1, ceiling: 100 })).toEqual([' █ ']);
    expect(sparkline([0, 5], { width: 2, height: 1, ceiling: 0 })).toEqual(['▁▁']);
  });
});

describe('text from outside', () => {
  test('becomes one line without controls, joined emoji, skin tones and invisible characters', () => {
    expect(displayable(' a\r\n\tb\u0007 ')).toBe('a b�');
    expect(displayable('👩‍👩‍👧‍👦 👍🏽 ❤️ 1️⃣ 🇩🇪 é e\u0301 zero\u200bwidth')).toBe(
      '👩 👍 ❤ 1 🇩🇪 é e\u0301 zerowidth',
    );
  });

  test('is cut at a whole character, with an ellipsis', () => {
    expect(cut('用户行为', 8)).toBe('用户行为');
    expect(cut('用户行为', 7)).toBe('用户行…');
    expect(cut('用户行为', 6)).toBe('用户…');
    expect([cut('abc', 1), cut('abc', 0)]).toEqual(['…', '']);
  });

  test('is cut inside where its end matters', () => {
    expect(cutInside('clicks data/2026/a.jsonl', 24)).toBe('clicks data/2026/a.jsonl');
    expect(cutInside('clicks data/2026/a.jsonl', 16)).toBe('click…26/a.jsonl');
    expect(cutInside('用户行为事件流', 9)).toBe('用…事件流');
    expect([cutInside('abc', 2), cutInside('abc', 0)]).toEqual(['a…', '']);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 30 }), (text, width) => {
        expect(stringWidth(cutInside(displayable(text), width))).toBeLessThanOrEqual(width);
      }),
    );
  });

  test('fills its column to the width on the screen, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 30 }), (text, width) => {
        expect(stringWidth(column(displayable(text), width, 'left'))).toBe(width);
        expect(stringWidth(column(displayable(text), width, 'right'))).toBe(width);
      }),
    );
  });

  test('takes the first wording that fits', () => {
    expect(fitting(5, 'too long', 'fits', 'f')).toBe('fits');
    expect(fitting(3, 'too long', 'longer')).toBe('lo…');
  });
});

describe('the history', () => {
  test('keeps a sample a second of the last minute, however often it is asked', () => {
    const history = new History();
    for (let at = 0; at < 90_000; at += 250) {
      history.add(runningJob({ uptimeMs: at, throughputPerSecond: at }));
    }
    expect(history.samples).toHaveLength(60);
    expect(history.samples[0]?.throughput).toBe(30_000);
    expect(history.samples.at(-1)?.throughput).toBe(89_000);
  });

  test('tells the time to go by the pace of the last minute', () => {
    const history = new History();
    const at = (uptimeMs: number, done: number) =>
      runningJob({ uptimeMs, progress: { done, total: 1000, unit: 'bytes' } });
    history.add(at(0, 0));
    expect(history.timeToGo(at(500, 100))).toBeNull();
    expect(history.timeToGo(at(10_000, 0))).toBeNull();
    expect(history.timeToGo(at(10_000, 250))).toBe(30_000);
    expect(history.timeToGo(runningJob())).toBeNull();
  });
});
