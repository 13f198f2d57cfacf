import { describe, expect, it } from 'vitest';
import { detectorNames, detectors } from '../../../src/operators/detect/detectors.ts';
import type { Harness } from '../harness.ts';
import { detector, lineOf } from './draw.ts';

/** One value a millisecond, from 0 on; a hole in the list is a millisecond without one. */
function pushAll(harness: Harness, values: readonly (number | undefined)[], key = 'a', from = 0): void {
  values.forEach((value, index) => {
    if (value !== undefined) harness.push({ key, value }, from + index);
  });
}

async function alerts(options: Record<string, unknown>, values: readonly (number | undefined)[]) {
  const harness = await detector({ min_samples: 2, ...options });
  pushAll(harness, values);
  harness.end();
  return harness.emitted;
}

describe('a value', () => {
  //  time   0  1  2  3  4  5
  //  value  1  3  1  3  2  9      mean 2, deviation √(4 / 4) = 1: 9 is 7 deviations away
  it('is compared with the window before it, which it is not part of', async () => {
    const [alert] = await alerts({ zscore: 'value', window: 5, threshold: 3 }, [1, 3, 1, 3, 2, 9]);
    expect(alert!.value).toEqual({
      key: 'a',
      detector: 'zscore',
      field: 'value',
      time: new Date(5),
      value: 9,
      window_start: new Date(0),
      window_end: new Date(5),
      expected: 2,
      mean: 2,
      deviation: 1,
      samples: 5,
      score: 7,
      threshold: 3,
    });
  });

  it('comes after those before it in its partition that have the same time: the tenth after the ninth', async () => {
    const harness = await detector({ rate: 'value', threshold: 10 });
    for (let offset = 0; offset < 9; offset++) harness.push({ key: 'a', value: 5 }, 0);
    harness.push({ key: 'a', value: 5 }, 1000);
    harness.push({ key: 'a', value: 100 }, 1000);
    harness.push({ key: 'a', value: 100 }, 2000);
    harness.end();
    expect(harness.emitted.map((alert) => lineOf(alert, 'value', 'expected'))).toEqual([
      'a @1000 value=100 expected=5',
    ]);
  });

  //  time   0  1  2  3  4  5  6
  //  value 99  1  3  1  3  .  9   [6 − 5, 6) begins behind the 99
  it('is not compared with what is older than the window, which begins with its first millisecond', async () => {
    const outer = await alerts({ zscore: 'value', window: 6, threshold: 3 }, [99, 1, 3, 1, 3, undefined, 9]);
    expect(outer).toEqual([]);
    const inner = await alerts({ zscore: 'value', window: 5, threshold: 3 }, [99, 1, 3, 1, 3, undefined, 9]);
    expect(inner.map((alert) => lineOf(alert, 'samples'))).toEqual(['a @6 samples=4']);
  });

  it('is refused if the window before it begins before any date', async () => {
    const first = -8_640_000_000_000_000;
    for (const [options, rejected] of [
      [{ window: 5 }, [first + 4]],
      [{ last: 5 }, []],
    ] as const) {
      const harness = await detector({ zscore: 'value', scores: true, min_samples: 1, ...options });
      for (const time of [first + 4, first + 5, first + 6]) harness.push({ key: 'a', value: 1 }, time);
      harness.end();
      expect(harness.rejected.map(({ event }) => event.time)).toEqual(rejected);
      const starts = harness.emitted.map(({ value }) => value.window_start);
      expect(starts.at(-1)).toEqual(new Date(first + ('window' in options ? 1 : 4)));
    }
  });

  it('is compared with the newest so many, if the window is a count', async () => {
    const found = await alerts({ zscore: 'value', last: 4, threshold: 3 }, [99, 1, 3, 1, 3, undefined, 9]);
    expect(found.map((alert) => lineOf(alert, 'samples', 'window_start'))).toEqual([
      'a @6 samples=4 window_start=1',
    ]);
  });

  it('is not compared with others of its own time', async () => {
    const harness = await detector({ zscore: 'value', window: 9, threshold: 3, min_samples: 4 });
    pushAll(harness, [1, 3, 1, 3]);
    for (const value of [9, 9, 9]) harness.push({ key: 'a', value }, 4);
    harness.end();
    expect(harness.emitted.map((alert) => lineOf(alert, 'samples'))).toEqual(Array(3).fill('a @4 samples=4'));
  });

  it('is compared with what happened before it, in whatever order they arrive', async () => {
    const harness = await detector(
      { zscore: 'value', window: 9, threshold: 3, min_samples: 4 },
      { delay: 9 },
    );
    for (const [value, time] of [
      [9, 4],
      [3, 3],
      [1, 0],
      [1, 2],
      [3, 1],
    ] as const)
      harness.push({ key: 'a', value }, time);
    harness.end();
    expect(harness.emitted.map((alert) => lineOf(alert, 'expected'))).toEqual(['a @4 expected=2']);
  });

  it('of one key is not compared with those of others', async () => {
    const harness = await detector({ zscore: 'value', last: 5, threshold: 3, min_samples: 2 });
    pushAll(harness, [1, 2, 1, 2], 'low');
    pushAll(harness, [91, 92, 91, 92], 'high', 10);
    harness.end();
    expect(harness.emitted).toEqual([]);
  });

  it('is compared with those of all, without a key', async () => {
    const harness = await detector({ zscore: 'value', last: 5, threshold: 3, min_samples: 2 }, { key: [] });
    pushAll(harness, [1, 2, 1, 2], 'low');
    harness.push({ key: 'high', value: 91 }, 9);
    harness.end();
    expect(harness.emitted.map(({ value }) => value.key)).toEqual([undefined]);
  });

  it('is strange only behind enough others', async () => {
    const found = await alerts({ zscore: 'value', last: 9, threshold: 1, min_samples: 3 }, [0, 1, 50, 50]);
    expect(found.map((alert) => lineOf(alert, 'samples'))).toEqual(['a @3 samples=3']);
  });

  it('that differs from others that are all the same is strange, and its distance has no measure', async () => {
    for (const way of ['zscore', 'mad', 'iqr', 'ewma']) {
      const found = await alerts({ [way]: 'value', last: 9, threshold: 3 }, [5, 5, 5, 5, 5.001, 5]);
      expect(lineOf(found[0]!, 'score', 'deviation')).toBe('a @4 score=null deviation=0');
    }
  });

  it('like all others, however many, is never strange', async () => {
    for (const way of ['zscore', 'mad', 'iqr', 'ewma'])
      for (const [index, span] of [
        { last: 9 },
        ...Array.from({ length: 9 }, (_, size) => ({ window: size + 3 })),
      ].entries())
        expect(await alerts({ [way]: 'value', ...span }, Array(60).fill(0.1 + index))).toEqual([]);
  });

  it('that is NULL or no finite number is passed over, and a text is refused', async () => {
    const harness = await detector({ zscore: 'value', last: 9, threshold: 3, min_samples: 2 });
    pushAll(harness, [1, 3, 1, 3, Number.NaN, Number.POSITIVE_INFINITY]);
    harness.push({ key: 'a', value: null }, 6);
    harness.push({ key: 'a' }, 7);
    harness.push({ key: 'a', value: 'warm' }, 8);
    harness.push({ key: 'a', value: 9 }, 9);
    harness.end();
    expect(harness.emitted.map((alert) => lineOf(alert, 'samples', 'expected'))).toEqual([
      'a @9 samples=4 expected=2',
    ]);
    expect(harness.passedOver).toHaveLength(4);
    expect(harness.rejected.map(({ error }) => error.message)).toEqual([
      "value must be a number, not the text 'warm'",
    ]);
  });

  it('can be any expression', async () => {
    const harness = await detector({ zscore: 'load / cores', last: 9, threshold: 3, min_samples: 2 });
    for (const [index, load] of [2, 6, 2, 6, 18].entries()) harness.push({ key: 'a', load, cores: 2 }, index);
    harness.end();
    expect(harness.emitted.map((alert) => lineOf(alert, 'value', 'expected'))).toEqual([
      'a @4 value=9 expected=2',
    ]);
  });
});

describe('a cooldown', () => {
  //  time   0  1  2  3  4  5  6  7  8
  //  value  1  2  1  2 50 60  .  .  900
  it('gives no further alert of the key until it is over', async () => {
    const values = [1, 2, 1, 2, 50, 60, undefined, undefined, 900];
    const times = async (cooldown: number) =>
      (await alerts({ zscore: 'value', last: 4, threshold: 1.4, cooldown }, values)).map(({ time }) => time);
    expect(await times(0)).toEqual([4, 5, 8]);
    expect(await times(1)).toEqual([4, 5, 8]);
    expect(await times(2)).toEqual([4, 8]);
    expect(await times(4)).toEqual([4, 8]);
    expect(await times(5)).toEqual([4]);
  });
});

describe('scores', () => {
  it('are given for every value: 0 as expected, half at the threshold, 1 beyond measure', async () => {
    const options = { zscore: 'value', last: 4, threshold: 3, scores: true, min_samples: 4 };
    const found = await alerts(options, [1, 3, 1, 3, 2, 6]);
    expect(found.slice(0, 5).map((each) => lineOf(each, 'score', 'alert'))).toEqual(
      [0, 1, 2, 3, 4].map((time) => `a @${time} score=0 alert=false`),
    );
    const distance = (6 - 2.25) / Math.sqrt(2.75 / 3);
    expect(found[5]!.value).toMatchObject({ score: expect.closeTo(distance / (distance + 3)), alert: true });
    const constant = await alerts(options, [5, 5, 5, 5, 6]);
    expect(constant.at(-1)!.value).toMatchObject({ score: 1, alert: true });
  });
});

describe('the median absolute deviation', () => {
  //  1 2 3 4 100: median 3, distances 2 1 0 1 97, their median 1
  it('is not moved by a few extreme values', async () => {
    const [alert] = await alerts(
      { mad: 'value', last: 5, threshold: 3, min_samples: 5 },
      [1, 2, 3, 4, 100, 10],
    );
    expect(alert!.value).toMatchObject({ expected: 3, deviation: 1.4826, score: 7 / 1.4826 });
  });
});

describe('the interquartile range', () => {
  //  1 2 3 4 5: the middle half is 2 to 4, its range 2
  it.each([
    [7, []],
    [7.1, ['a @5 expected=3 deviation=2 score=1.5499999999999998']],
    [-1.1, ['a @5 expected=3 deviation=2 score=-1.55']],
  ])('of the window makes %d strange: %j', async (value, found) => {
    const all = await alerts({ iqr: 'value', last: 5, min_samples: 5 }, [1, 2, 3, 4, 5, value]);
    expect(all.map((alert) => lineOf(alert, 'expected', 'deviation', 'score'))).toEqual(found);
  });
});

describe('the weighted mean', () => {
  it('forgets the past by and by: a new level is strange at first, and usual later', async () => {
    const values = [...Array.from({ length: 20 }, (_, index) => index % 2), ...Array(20).fill(9)];
    const found = await alerts({ ewma: 'value', last: 5, threshold: 3, min_samples: 5 }, values);
    expect(found.map(({ time }) => time)).toEqual([20]);
  });
});

describe('a value so large that its square is no number', () => {
  it.each(['zscore', 'ewma'])('spoils %s no longer than it counts', async (way) => {
    const values = [1, 2, 1, 2, 1e200, ...Array.from({ length: 40 }, (_, index) => index % 2), 50];
    const found = await alerts({ [way]: 'value', last: 5, threshold: 4, min_samples: 4 }, values);
    expect(found.map(({ time }) => time)).toEqual([4, 45]);
  });
});

describe('values that are further from each other than any double', () => {
  const { MAX_VALUE } = Number;
  const extremes = [1e308, -1e308, MAX_VALUE, -MAX_VALUE, -1e308, 1e308, 1, 2];
  const usual = Array.from({ length: 40 }, (_, index) => index % 3);

  it.each(['zscore', 'mad', 'iqr'])('are what %s expects among others of their kind', async (way) => {
    const found = await alerts({ [way]: 'value', last: 6, scores: true, min_samples: 2 }, extremes);
    expect(found.map(({ value }) => value.alert)).toEqual(Array(8).fill(false));
  });

  it.each(['zscore', 'mad', 'iqr'])('leave nothing behind for %s', async (way) => {
    const options = { [way]: 'value', last: 8, scores: true };
    const found = await alerts(options, [...extremes, ...usual]);
    const without = await alerts(options, [...Array(8).fill(1), ...usual]);
    const lines = (all: typeof found) => all.slice(16).map((alert) => lineOf(alert, 'expected', 'score'));
    expect(lines(found)).toEqual(lines(without));
  });

  it.each(detectorNames)('give %s no figure that is no number', async (way) => {
    const last = detectors[way].last === undefined ? {} : { last: Math.max(detectors[way].last!.least, 7) };
    const values = Array.from({ length: 200 }, (_, index) => extremes[(index * index) % 11] ?? index % 3);
    const found = await alerts({ [way]: 'value', threshold: 3, ...last, scores: true }, values);
    expect(found.flatMap(({ value }) => Object.values(value).filter(Number.isNaN))).toEqual([]);
    expect(found.length).toBeGreaterThan(100);
  });
});

describe('the rate of change', () => {
  it('is per second, in either direction, however far apart the values are', async () => {
    const harness = await detector({ rate: 'value', threshold: 10 });
    for (const [value, time] of [
      [0, 0],
      [10, 1000],
      [5, 1400],
      [100, 11400],
      [120, 11401],
    ] as const)
      harness.push({ key: 'a', value }, time);
    harness.end();
    expect(harness.emitted.map((alert) => lineOf(alert, 'expected', 'score'))).toEqual([
      'a @1400 expected=10 score=-12.5',
      'a @11401 expected=100 score=20000',
    ]);
  });
});

describe('the nearest neighbours', () => {
  /** 0 1 0 1 …, and somewhat noisy; at `strange` 1 stands for 0, or 0 for 1. */
  const beat = (length: number, strange: number) =>
    Array.from({ length }, (_, index) => ((index + (index === strange ? 1 : 0)) % 2) + (index % 7) / 100);

  it('tell a value that is usual by itself and strange where it stands', async () => {
    const harness = await detector({ knn: 'value', threshold: 30 });
    pushAll(harness, beat(400, 222));
    harness.end();
    expect(harness.emitted.map((alert) => lineOf(alert))).toEqual(['a @222']);
    const [{ value }] = harness.emitted as [(typeof harness.emitted)[number]];
    expect(value.expected).toBeLessThan(0.1);
  });

  it('say in how many values one is as rare', async () => {
    const harness = await detector({ knn: 'value', threshold: 30 });
    pushAll(harness, beat(400, 222));
    harness.end();
    // The first is judged at 70, when there are 30 shapes behind the third that is left out.
    const judged = 222 - 70;
    expect(harness.emitted[0]!.value.score).toBeLessThanOrEqual(judged + 1);
    expect(harness.emitted[0]!.value.score).toBeGreaterThan(judged * 0.9);
  });

  it('rest behind an anomaly, whose value is in the shapes behind it', async () => {
    const harness = await detector({ knn: 'value', threshold: 30, scores: true });
    pushAll(harness, beat(400, 222));
    harness.end();
    const scores = harness.emitted.map(({ value }) => value.score as number);
    expect(scores[222]).toBeGreaterThan(0.5);
    expect(scores.slice(223, 283)).toEqual(Array(60).fill(0));
    expect(scores[283]).toBeGreaterThan(0);
  });

  it('find nothing in values that are all the same, nor too early', async () => {
    const harness = await detector({ knn: 'value', threshold: 2 });
    pushAll(harness, Array(500).fill(7));
    pushAll(harness, beat(60, 50), 'early');
    harness.end();
    expect(harness.emitted).toEqual([]);
  });

  it('keep no more of a series than they need', async () => {
    const harness = await detector({ knn: 'value', last: 60 });
    pushAll(harness, beat(5000, 4000));
    const sizes = [...harness.checkpoint().states().get('knn')!.values()].map((bytes) => bytes.length);
    expect(sizes).toHaveLength(1);
    expect(sizes[0]).toBeLessThan((60 + 30 + 19 + 256) * 9 + 300 * 16);
  });
});

describe('what a checkpoint still reads', () => {
  it.each(detectorNames)('is not changed by what comes later: %s', (name) => {
    const method = detectors[name].method({ length: Number.POSITIVE_INFINITY, count: 60 });
    const [state, baseline] = [method.create(), method.baseline()];
    const add = (from: number, to: number) => {
      for (let time = from; time < to; time++) {
        const sample = { time, value: Math.sin(time) };
        const judgement = baseline.judge(state, sample);
        baseline.add(state, sample, { judgement, isStrange: time % 50 === 49 });
      }
    };
    add(0, 200);
    const copy = method.clone(state);
    const before = structuredClone(copy);
    add(200, 300);
    expect(copy).toEqual(before);
  });
});

describe('what a key leaves behind', () => {
  it('is gone when its window is empty', async () => {
    const harness = await detector({ zscore: 'value', window: 10 });
    for (let time = 0; time < 500; time++) harness.push({ key: `k${time}`, value: time }, time);
    expect(harness.stateSizes.zscore).toBeLessThanOrEqual(12);
    harness.end();
    expect(harness.stateSizes.zscore).toBe(0);
  });

  it('stays while it is counted by values', async () => {
    const harness = await detector({ zscore: 'value', last: 10 });
    for (let time = 0; time < 50; time++) harness.push({ key: `k${time}`, value: time }, time);
    harness.end();
    expect(harness.stateSizes.zscore).toBe(50);
  });
});
