import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectOperator } from '../../src/operators/detect/definition.ts';
import { Harness } from '../operators/harness.ts';
import { type Death, endKilled } from './death.ts';
import {
  type Alert,
  absences,
  bursts,
  decayingScore,
  type Item,
  inTime,
  medianScore,
  quartileScore,
  rareShapes,
  sequences,
  strange,
  zScore,
} from './detect-oracle.ts';
import { runs } from './runs.ts';

interface Stream {
  readonly items: readonly Item[];
  readonly delay: number;
}

const common = {
  key: fc.constantFrom('x', 'x', 'y', null),
  kind: fc.constantFrom<Item['kind']>('a', 'b', 'c'),
  value: fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constantFrom(5, 5, 5, 1e6)),
};

/** Streams that go forward by and by with a disorder of their own, or jump about; equal times are frequent. */
const streams: fc.Arbitrary<Stream> = fc
  .record({
    items: fc.oneof(
      fc.array(fc.record({ ...common, time: fc.nat(60) }), { maxLength: 40, size: 'max' }),
      fc
        .array(fc.record({ ...common, step: fc.nat(4), back: fc.nat(6) }), { maxLength: 80, size: 'max' })
        .map((steps) => {
          let now = 0;
          return steps.map(({ step, back, ...item }) => ({ ...item, time: (now += step) - back }));
        }),
    ),
    delay: fc.constantFrom(0, 1, 6, 100),
    epoch: fc.constantFrom(0, -1000, 1_700_000_000_000),
  })
  .map(({ items, delay, epoch }) => ({
    items: items.map((item) => ({ ...item, time: item.time + epoch })),
    delay,
  }));

function harnessFor({ delay }: Stream, options: Record<string, unknown>): Promise<Harness> {
  return Harness.of(detectOperator, { options, key: ['key'], delay });
}

function push(harness: Harness, { time, ...value }: Item): void {
  harness.push(value, time);
}

async function outcomeOf(stream: Stream, options: Record<string, unknown>): Promise<Harness> {
  const harness = await harnessFor(stream, options);
  for (const item of stream.items) push(harness, item);
  harness.end();
  return harness;
}

function alertsOf({ emitted }: Harness): string[] {
  return emitted
    .map(({ value, time }) => textOf({ key: value.key as string | null, time: time! }))
    .toSorted();
}

function textOf({ key, time }: Alert): string {
  return `${time} ${key}`;
}

function expectAlerts(harness: Harness, expected: readonly Alert[]): void {
  expect(alertsOf(harness)).toEqual(expected.map(textOf).toSorted());
  const ids = harness.emitted.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
}

const length = fc.integer({ min: 1, max: 25 });
const bound = fc.integer({ min: 0, max: 6 });

describe('patterns find what a look at all events finds', () => {
  const sum = (items: readonly Item[]) => items.reduce((total, { value }) => total + value, 0);
  const conditions: readonly { text: string; holds: (items: readonly Item[], least: number) => boolean }[] = [
    { text: 'COUNT(*) > #', holds: (items, least) => items.length > least },
    { text: 'SUM(value) > #', holds: (items, least) => sum(items) > least },
    {
      text: 'COUNT(*) > # AND (AVG(value) > 2 OR MAX(value) = 9)',
      holds: (items, least) =>
        items.length > least && (sum(items) / items.length > 2 || items.some(({ value }) => value === 9)),
    },
    {
      text: 'COUNT(DISTINCT value) > #',
      holds: (items, least) => new Set(items.map(({ value }) => value)).size > least,
    },
  ];

  it('in bursts', async () => {
    const cases = fc.record({ stream: streams, length, bound, condition: fc.constantFrom(...conditions) });
    const property = fc.asyncProperty(cases, async ({ stream, condition, ...rules }) => {
      const text = condition.text.replace('#', String(rules.bound));
      const pattern = `${text} IN ${rules.length}ms WHERE kind <> 'c'`;
      const items = inTime(stream.items, stream.delay).filter(({ kind }) => kind !== 'c');
      const holds = (own: readonly Item[]) => condition.holds(own, rules.bound);
      expectAlerts(await outcomeOf(stream, { pattern }), bursts(items, rules.length, holds));
    });
    await fc.assert(property, runs(1000));
  });

  it('in sequences', async () => {
    const cases = fc.record({ stream: streams, length });
    const property = fc.asyncProperty(cases, async ({ stream, length: within }) => {
      const items = inTime(stream.items, stream.delay);
      const then = await outcomeOf(stream, { pattern: `kind = 'a' THEN kind = 'b' IN ${within}ms` });
      expectAlerts(then, sequences(items, within));
      const none = await outcomeOf(stream, { pattern: `kind = 'a' THEN NOT kind = 'b' IN ${within}ms` });
      expectAlerts(none, absences(items, within));
      for (const harness of [then, none]) expect(Object.values(harness.stateSizes)).toEqual([0]);
    });
    await fc.assert(property, runs(500));
  });

  it('in silence', async () => {
    const property = fc.asyncProperty(
      fc.record({ stream: streams, length }),
      async ({ stream, length: within }) => {
        const items = inTime(stream.items, stream.delay);
        const both = items.flatMap((item): Item[] => [
          { ...item, kind: 'a' },
          { ...item, kind: 'b' },
        ]);
        expectAlerts(await outcomeOf(stream, { missing: within }), absences(both, within));
      },
    );
    await fc.assert(property, runs(300));
  });
});

describe('detectors find what a look at all events finds', () => {
  const ways = fc.constantFrom(
    { name: 'zscore', score: zScore },
    { name: 'mad', score: medianScore },
    { name: 'iqr', score: quartileScore },
  );

  it('over the exact window before each value', async () => {
    const cases = fc.record({
      stream: streams,
      way: ways,
      span: fc.oneof(
        length.map((time) => ({ options: { window: time }, span: { length: time } })),
        fc.integer({ min: 2, max: 12 }).map((count) => ({ options: { last: count }, span: { count } })),
      ),
      // No score is just this, whatever the values.
      threshold: fc.constantFrom(0.8765, 2.3456),
      least: fc.integer({ min: 1, max: 5 }),
    });
    const property = fc.asyncProperty(cases, async ({ stream, way, span, threshold, least }) => {
      // Which of several values of one time are among the newest so many can't be told from here.
      const items = 'count' in span.span ? distinctTimes(stream.items) : stream.items;
      const options = { [way.name]: 'value', threshold, min_samples: least, ...span.options };
      const harness = await outcomeOf({ ...stream, items }, options);
      const expected = strange(inTime(items, stream.delay), span.span, {
        threshold,
        least,
        score: way.score,
      });
      expectAlerts(harness, expected);
    });
    await fc.assert(property, runs(1000));
  });

  it('with weights that decay', async () => {
    const cases = fc.record({
      stream: streams,
      span: fc.integer({ min: 5, max: 25 }),
      least: fc.integer({ min: 1, max: 5 }),
    });
    const property = fc.asyncProperty(cases, async ({ stream, span, least }) => {
      const threshold = 1.2345;
      const options = { ewma: 'value', window: span, threshold, min_samples: least };
      const rules = { threshold, least, score: decayingScore(span) };
      expectAlerts(await outcomeOf(stream, options), strange(inTime(stream.items, stream.delay), {}, rules));
    });
    await fc.assert(property, runs(300));
  });
});

describe('shapes that are rare', () => {
  /** A rhythm, somewhat noisy, that stops or leaps now and then. */
  const series = fc
    .record({
      period: fc.integer({ min: 5, max: 40 }),
      noise: fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 100, maxLength: 400, size: 'max' }),
      leaps: fc.array(fc.nat(400), { maxLength: 5 }),
    })
    .map(({ period, noise, leaps }) =>
      noise.map((part, index) => {
        const value = Math.sin((2 * Math.PI * index) / period) + part / 1000;
        return leaps.some((at) => index >= at && index < at + 3) ? value + 5 : value;
      }),
    );

  it('are those that are far from all others', async () => {
    const cases = fc.record({
      values: series,
      threshold: fc.constantFrom(20.5, 40.5),
      shapes: fc.constantFrom(60, 100, 300),
    });
    const property = fc.asyncProperty(cases, async ({ values, threshold, shapes }) => {
      const items = values.map((value, time): Item => ({ key: 'x', kind: 'a', value, time }));
      const harness = await outcomeOf({ items, delay: 0 }, { knn: 'value', threshold, last: shapes });
      const expected = rareShapes(values, { shapes, threshold }).map((time) => ({ key: 'x', time }));
      expectAlerts(harness, expected);
    });
    await fc.assert(property, runs(25));
  });

  it('are the same after a crash', async () => {
    const cases = fc.record({ values: series, at: fc.nat(400), cuts: fc.integer({ min: 1, max: 50 }) });
    const property = fc.asyncProperty(cases, async ({ values, at, cuts }) => {
      const stream: Stream = {
        items: values.map((value, time): Item => ({ key: 'x', kind: 'a', value, time })),
        delay: 3,
      };
      await expectSameWhenKilled(
        stream,
        { knn: 'value', threshold: 20, scores: true },
        { saved: at, further: 20, cuts },
      );
    });
    await fc.assert(property, runs(25));
  });
});

function distinctTimes(items: readonly Item[]): Item[] {
  return items.filter(
    ({ key, time }, index) => items.findIndex((other) => other.key === key && other.time === time) === index,
  );
}

describe('a detector that was killed and recovered', () => {
  it('gives what one that ran through gives, to the last digit', async () => {
    const options = fc.constantFrom<Record<string, unknown>>(
      { pattern: 'AVG(value) > 1 IN 9ms' },
      { pattern: "COUNT(*) > 2 IN 12ms WHERE kind = 'a'" },
      { pattern: "kind = 'a' THEN kind = 'b' IN 9ms" },
      { pattern: "kind = 'a' THEN NOT kind = 'b' IN 9ms" },
      { missing: 5 },
      { zscore: 'value', window: 15, min_samples: 2, threshold: 1 },
      { mad: 'value', last: 5, min_samples: 2, threshold: 1, cooldown: 6 },
      { iqr: 'value', window: 20, min_samples: 2, scores: true },
      { ewma: 'value', window: 6, min_samples: 2, scores: true },
      { ewma: 'value', last: 6, min_samples: 2, scores: true },
      { rate: 'value', threshold: 100 },
    );
    const cases = fc.record({
      stream: streams,
      options,
      saved: fc.nat(60),
      further: fc.nat(20),
      cuts: fc.nat(5),
    });
    const property = fc.asyncProperty(cases, ({ stream, options: given, ...death }) =>
      expectSameWhenKilled(stream, given, death),
    );
    await fc.assert(property, runs(1000));
  });
});

async function expectSameWhenKilled(
  stream: Stream,
  options: Record<string, unknown>,
  death: Death,
): Promise<void> {
  const straight = await outcomeOf(stream, options);
  const killed = await harnessFor(stream, options);
  await endKilled(killed, stream.items, push, death);
  expect(killed.emitted).toEqual(straight.emitted);
  expect(killed.lateEvents.length).toBe(straight.lateEvents.length);
}
