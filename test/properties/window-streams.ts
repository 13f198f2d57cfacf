import fc from 'fast-check';
import { windowOperator } from '../../src/operators/window/definition.ts';
import { type Emitted, Harness } from '../operators/harness.ts';
import type { Item, Outcome, Row } from './window-oracle.ts';

/** A stream: the items as they come, and how far the watermark runs behind. */
export interface Stream {
  readonly items: readonly Item[];
  readonly delay: number;
}

/** Near the epoch, before it, and so far away that doubles can tell no half milliseconds. */
const epochs = [0, -1000, 1_700_000_000_000, -8_639_999_999_000_000, 8_639_999_999_000_000];

/**
 * Streams that go forward by and by with a disorder of their own, or jump about; equal times are frequent. Dense ones have
 * many events of few keys.
 */
export function streams({
  span,
  dense = false,
  delay = fc.nat(12),
}: {
  span: number;
  dense?: boolean;
  delay?: fc.Arbitrary<number>;
}): fc.Arbitrary<Stream> {
  const key = dense ? fc.constantFrom('a', 'a', 'a', 'b') : fc.constantFrom('a', 'a', 'b', 'c', null);
  const maxLength = dense ? 250 : 60;
  const size = dense ? 'max' : undefined;
  const value = fc.integer({ min: -9, max: 9 });
  const jumping = fc.array(fc.record({ key, value, time: fc.nat(span) }), { maxLength, size });
  const forward = fc
    .array(
      fc.record({
        key,
        value,
        step: fc.nat(Math.ceil((span * 4) / maxLength)),
        back: fc.nat(Math.ceil(span / 10)),
      }),
      { maxLength, size },
    )
    .map((steps) => {
      let now = 0;
      return steps.map(({ key, value, step, back }) => ({ key, value, time: (now += step) - back }));
    });
  return fc
    .record({ items: fc.oneof(jumping, forward), delay, epoch: fc.constantFrom(...epochs) })
    .map(({ items, delay, epoch }) => ({
      delay,
      items: items.map((item) => ({ ...item, time: item.time + epoch })),
    }));
}

/** Aggregates that tell every event apart: how many, which, and the order of none of them. */
const aggregations = {
  n: 'count(*)',
  total: 'sum(value)',
  largest: 'max(value)',
  all: 'collect_list(value)',
  spread: 'stddev(value)',
};

export interface Plan {
  readonly options: Record<string, unknown>;
  readonly least: number;
}

export function harnessFor({ options, least }: Plan, { delay }: Stream): Promise<Harness> {
  const having = least > 0 ? { having: `n >= ${least}` } : {};
  return Harness.of(windowOperator, {
    options: { ...options, ...having, aggregations },
    key: ['key'],
    delay,
  });
}

export async function outcomeOf(plan: Plan, stream: Stream): Promise<Outcome & { harness: Harness }> {
  const harness = await harnessFor(plan, stream);
  for (const { key, time, value } of stream.items) harness.push({ key, value }, time);
  harness.end();
  const late = harness.lateEvents.map(({ value, time }) => ({ ...value, time })) as unknown as Item[];
  return { rows: harness.emitted.map(rowOf), late, partlyLate: harness.partlyLateEvents, harness };
}

/** The result as the oracle has it, once its aggregates agree with one another. */
function rowOf({ value, change, final, time }: Emitted): Row {
  const { key, window_start, window_end, n, total, largest, all } = value;
  const values = all as number[];
  const sum = values.reduce((one, other) => one + other, 0);
  if (
    n !== values.length ||
    total !== sum ||
    largest !== Math.max(...values) ||
    time !== Number(window_end) - 1
  ) {
    throw new Error(`the aggregates don't fit: ${JSON.stringify(value)}`);
  }
  return {
    key: key as string | null,
    start: Number(window_start),
    end: Number(window_end),
    values,
    change: change!,
    final: final!,
  };
}

/** In an order that does not tell how the values came: the list of an event's own time is as good as any. */
export function sorted({ rows, late, partlyLate }: Outcome): Outcome {
  const order = (one: number, other: number) => one - other;
  return { rows: rows.map((row) => ({ ...row, values: row.values.toSorted(order) })), late, partlyLate };
}
