import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { transformOperator } from '../../src/operators/transform/definition.ts';
import { Harness } from '../operators/harness.ts';
import { endKilled } from './death.ts';
import { runs } from './runs.ts';

interface Item {
  readonly key: string;
  readonly time: number;
  readonly n: number;
}

interface Stream {
  readonly items: readonly Item[];
  /** How far the watermark runs behind. */
  readonly delay: number;
  readonly within: number;
}

/** Streams that go forward by and by, or jump about; equal times, late events and quiet keys are frequent. */
const streams = fc
  .record({
    steps: fc.array(
      fc.record({
        key: fc.constantFrom('x', 'x', 'y', 'z'),
        step: fc.oneof(fc.nat(4), fc.constantFrom(0, 30)),
        back: fc.nat(25),
      }),
      { maxLength: 60, size: 'max' },
    ),
    delay: fc.constantFrom(0, 1, 5, 20, 100),
    within: fc.nat(15),
    epoch: fc.constantFrom(0, -1000, 1_700_000_000_000),
  })
  .map(({ steps, epoch, ...stream }): Stream => {
    let now = epoch;
    return {
      ...stream,
      items: steps.map(({ key, step, back }, n) => ({ key, time: (now += step) - back, n })),
    };
  });

function harnessFor({ delay, within }: Stream): Promise<Harness> {
  return Harness.of(transformOperator, { options: { steps: [{ dedupe: { key: 'key', within } }] }, delay });
}

function push(harness: Harness, { key, time, n }: Item): void {
  harness.push({ key, n }, time);
}

const numbersOf = (harness: Harness) => harness.emitted.map(({ value }) => value.n);

/** Looks at all that was passed on of the key, and that the watermark does not say to be over. */
function firstEvents({ items, delay, within }: Stream): number[] {
  const passedOn: Item[] = [];
  let newest = Number.NEGATIVE_INFINITY;
  for (const item of items) {
    const watermark = newest - delay - 1;
    const isRepeat = passedOn.some(
      ({ key, time }) =>
        key === item.key && Math.abs(time - item.time) <= within && time + within >= watermark,
    );
    if (!isRepeat) passedOn.push(item);
    newest = Math.max(newest, item.time);
  }
  return passedOn.map(({ n }) => n);
}

describe('dedupe', () => {
  it('passes on what no event that it passed on before is near to', async () => {
    const property = fc.asyncProperty(streams, async (stream) => {
      const harness = await harnessFor(stream);
      for (const item of stream.items) push(harness, item);
      expect(numbersOf(harness)).toEqual(firstEvents(stream));
      harness.end();
      expect(Object.values(harness.stateSizes)).toEqual([0]);
    });
    await fc.assert(property, runs(1000));
  });

  it('lets no repeat through that is on time', async () => {
    const property = fc.asyncProperty(streams, async ({ items, ...stream }) => {
      const harness = await harnessFor({ items, ...stream });
      const onTime = items.filter(
        ({ time, n }) => !items.some((other) => other.n < n && other.time - stream.delay > time),
      );
      for (const item of onTime) push(harness, item);
      const passedOn = harness.emitted.map(({ value, time }) => ({ key: value.key, time: time! }));
      for (const [index, one] of passedOn.entries())
        for (const other of passedOn.slice(index + 1))
          if (one.key === other.key) expect(Math.abs(one.time - other.time)).toBeGreaterThan(stream.within);
    });
    await fc.assert(property, runs(300));
  });

  it('that was killed and recovered passes on what one that ran through does', async () => {
    const cases = fc.record({
      stream: streams,
      saved: fc.nat(60),
      further: fc.nat(20),
      cuts: fc.nat(5),
    });
    const property = fc.asyncProperty(cases, async ({ stream, ...death }) => {
      const killed = await harnessFor(stream);
      await endKilled(killed, stream.items, push, death);
      expect(numbersOf(killed)).toEqual(firstEvents(stream));
    });
    await fc.assert(property, runs(500));
  });
});
