import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinOperator } from '../../src/operators/join/definition.ts';
import { Harness } from '../operators/harness.ts';
import { endKilled } from './death.ts';
import { asOf, type Item, joined, type Row, type Rules, type Type } from './join-oracle.ts';
import { runs } from './runs.ts';

const names = ['a', 'b', 'c'];
const epochs = [0, -1000, 1_700_000_000_000];

interface Stream {
  readonly items: readonly Item[];
  readonly delay: number;
  readonly inputs: number;
}

/** Inputs that go forward by and by with a disorder of their own, or jump about; equal times and NULL keys are frequent. */
function streams(inputs: fc.Arbitrary<number>): fc.Arbitrary<Stream> {
  return inputs.chain((count) => {
    const common = { port: fc.nat(count - 1), key: fc.constantFrom('x', 'x', 'y', null) };
    const jumping = fc.array(fc.record({ ...common, time: fc.nat(40) }), { maxLength: 40, size: 'max' });
    const forward = fc
      .array(fc.record({ ...common, step: fc.nat(4), back: fc.nat(6) }), { maxLength: 60, size: 'max' })
      .map((steps) => {
        let now = 0;
        return steps.map(({ step, back, ...item }) => ({ ...item, time: (now += step) - back }));
      });
    return fc
      .record({
        items: fc.oneof(jumping, forward),
        delay: fc.constantFrom(0, 1, 5, 100),
        epoch: fc.constantFrom(...epochs),
      })
      .map(({ items, delay, epoch }) => ({
        items: items.map((item, n) => ({ ...item, time: item.time + epoch, n })),
        delay,
        inputs: count,
      }));
  });
}

const types = fc.constantFrom<Type>('inner', 'left', 'right', 'full');

function harnessFor({ inputs, delay }: Stream, options: Record<string, unknown>): Promise<Harness> {
  const from = names.slice(0, inputs);
  return Harness.of(joinOperator, { options, inputs: from, key: ['key'], delay });
}

function push(harness: Harness, { port, key, time, n }: Item): void {
  harness.push({ key, n }, time, { port });
}

async function outcomeOf(stream: Stream, options: Record<string, unknown>): Promise<Harness> {
  const harness = await harnessFor(stream, options);
  for (const item of stream.items) push(harness, item);
  harness.end();
  return harness;
}

/** Results as text, in an order of their own. */
function rowsOf(harness: Harness): string[] {
  return harness.emitted
    .map(({ value, time }) => {
      const numbers = Object.values(value).map((each) => (each as { n?: number } | null)?.n ?? null);
      return JSON.stringify([...numbers, time]);
    })
    .toSorted();
}

function textsOf(rows: readonly Row[]): string[] {
  return rows
    .map(({ from, time }) => JSON.stringify([...from.map((item) => item?.n ?? null), time]))
    .toSorted();
}

function numbersOf(harness: Harness): unknown[] {
  return harness.lateEvents.map(({ value }) => value?.n);
}

function within(length: number): Pick<Rules, 'near' | 'isOver' | 'hold'> {
  return {
    near: (one, other) => Math.abs(one - other) <= length,
    isOver: (time, watermark) => time <= watermark,
    hold: length,
  };
}

function inTheSame(length: number): Pick<Rules, 'near' | 'isOver' | 'hold'> {
  const windowOf = (time: number) => Math.floor(time / length);
  return {
    near: (one, other) => windowOf(one) === windowOf(other),
    isOver: (time, watermark) => (windowOf(time) + 1) * length - 1 <= watermark,
    hold: length,
  };
}

describe('joins give what looking at all pairs gives', () => {
  const cases = fc.record({
    stream: streams(fc.constantFrom(2, 2, 3)),
    type: types,
    length: fc.integer({ min: 1, max: 15 }),
  });

  it('within a time', async () => {
    const property = fc.asyncProperty(cases, async ({ stream, type, length }) => {
      const harness = await outcomeOf(stream, { window: length, join_type: type });
      const rules = { ...within(length), inputs: stream.inputs, type };
      const expected = joined(stream.items, stream.delay, rules);
      expect(numbersOf(harness)).toEqual(expected.late.map(({ n }) => n));
      expect(rowsOf(harness)).toEqual(textsOf(expected.rows));
      expect(Object.values(harness.stateSizes).every((size) => size === 0)).toBe(true);
    });
    await fc.assert(property, runs(400));
  });

  it('in the same window', async () => {
    const property = fc.asyncProperty(cases, async ({ stream, type, length }) => {
      const harness = await outcomeOf(stream, { tumbling: length, join_type: type });
      const rules = { ...inTheSame(length), inputs: stream.inputs, type };
      const expected = joined(stream.items, stream.delay, rules);
      expect(numbersOf(harness)).toEqual(expected.late.map(({ n }) => n));
      expect(rowsOf(harness)).toEqual(textsOf(expected.rows));
      expect(Object.values(harness.stateSizes).every((size) => size === 0)).toBe(true);
    });
    await fc.assert(property, runs(400));
  });

  it('by keys and conditions that are expressions', async () => {
    const property = fc.asyncProperty(cases, async ({ stream, type, length }) => {
      const two = { ...stream, items: stream.items.filter(({ port }) => port < 2), inputs: 2 };
      const on = 'upper(a.key) || 1 = concat(upper(b.key), 1) AND a.n % 2 = b.n % 2 AND b.n > 3';
      const harness = await outcomeOf(two, { on, window: length, join_type: type });
      const expected = joined(two.items, two.delay, {
        ...within(length),
        inputs: 2,
        type,
        condition: ({ from: [left] }, right) => left!.n % 2 === right.n % 2 && right.n > 3,
      });
      expect(rowsOf(harness)).toEqual(textsOf(expected.rows));
    });
    await fc.assert(property, runs(200));
  });

  it('as of the time of the left', async () => {
    const plans = fc.record({
      stream: streams(fc.constantFrom(2, 2, 3)),
      type: fc.constantFrom('inner' as const, 'left' as const),
      ttl: fc.constantFrom(3, 20, Number.POSITIVE_INFINITY),
    });
    const property = fc.asyncProperty(plans, async ({ stream, type, ttl }) => {
      const options = { as_of: true, join_type: type, ...(Number.isFinite(ttl) && { ttl }) };
      const harness = await outcomeOf(stream, options);
      const expected = asOf(stream.items, stream.delay, { inputs: stream.inputs, type, ttl });
      expect(numbersOf(harness)).toEqual(expected.late.map(({ n }) => n));
      expect(rowsOf(harness)).toEqual(textsOf(expected.rows));
    });
    await fc.assert(property, runs(400));
  });
});

describe('a join that was killed and recovered', () => {
  it('gives what one that ran through gives, at whatever event and however often checkpoints are taken', async () => {
    const ways = fc.constantFrom<Record<string, unknown>>(
      { window: 7 },
      { tumbling: 10 },
      { as_of: true },
      { as_of: true, ttl: 9 },
    );
    const cases = fc.record({
      stream: streams(fc.constantFrom(2, 3)),
      way: ways,
      type: types,
      saved: fc.nat(40),
      further: fc.nat(20),
      cuts: fc.nat(5),
    });
    const property = fc.asyncProperty(cases, async ({ stream, way, type, ...death }) => {
      const options = { ...way, join_type: way.as_of && type !== 'left' ? 'inner' : type };
      const straight = await outcomeOf(stream, options);
      const killed = await harnessFor(stream, options);
      await endKilled(killed, stream.items, push, death);
      expect(killed.emitted).toEqual(straight.emitted);
      expect(numbersOf(killed)).toEqual(numbersOf(straight));
    });
    await fc.assert(property, runs(400));
  });
});

describe('results of a join', () => {
  it('have an identity of their own, and are never late for what stands behind it', async () => {
    const ways = fc.constantFrom<Record<string, unknown>>({ window: 6 }, { tumbling: 6 });
    const cases = fc.record({ stream: streams(fc.constantFrom(2, 3)), way: ways, type: types });
    const property = fc.asyncProperty(cases, async ({ stream, way, type }) => {
      const harness = await harnessFor(stream, { ...way, join_type: type });
      const hold = harness.operator.hold ?? 0;
      let seen = 0;
      let before = Number.NEGATIVE_INFINITY;
      for (const item of stream.items) {
        push(harness, item);
        for (; seen < harness.emitted.length; seen++) {
          expect(harness.emitted[seen]!.time).toBeGreaterThan(before - hold);
        }
        before = harness.watermark;
      }
      harness.end();
      const ids = harness.emitted.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    });
    await fc.assert(property, runs(200));
  });
});
