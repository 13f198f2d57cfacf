import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from './runs.ts';
import { alignedWindows, happenings, type Item, sessionWindows } from './window-oracle.ts';
import { harnessFor, outcomeOf, type Plan, type Stream, sorted, streams } from './window-streams.ts';

const least = fc.constantFrom(0, 0, 2, 3);
const lateness = fc.constantFrom(0, 0, 1, 5, 20);

const tumbling = fc.record({
  rules: fc
    .record({ size: fc.integer({ min: 1, max: 15 }), offset: fc.nat(20), lateness, least })
    .map((rules) => ({ ...rules, every: rules.size })),
  stream: streams({ span: 60 }),
});

const sliding = fc.record({
  rules: fc
    .record({
      size: fc.integer({ min: 1, max: 20 }),
      step: fc.integer({ min: 1, max: 20 }),
      offset: fc.nat(20),
      lateness,
      least,
    })
    .map(({ step, ...rules }) => ({ ...rules, every: Math.min(step, rules.size) })),
  stream: streams({ span: 60 }),
});

/** So many panes that they are merged in chunks. */
const slidingFinely = fc.record({
  rules: fc.record({
    size: fc.integer({ min: 40, max: 120 }),
    every: fc.constantFrom(1, 2, 3),
    offset: fc.nat(5),
    lateness: fc.constantFrom(0, 0, 3),
    least,
  }),
  stream: streams({ span: 250, dense: true }),
});

const loose = fc.record({
  rules: fc.record({ gap: fc.integer({ min: 1, max: 12 }), lateness, least }),
  stream: streams({ span: 100 }),
});

/** Time creeps, and events are late by about a gap: then sessions fire again just when they would have closed. */
const tight = fc.record({
  rules: fc
    .integer({ min: 2, max: 4 })
    .chain((gap) => fc.record({ gap: fc.constant(gap), lateness: fc.constant(gap), least: fc.constant(0) })),
  stream: streams({ span: 30, delay: fc.nat(1) }),
});

const session = fc.oneof(loose, tight);

function alignedPlan({
  size,
  every,
  offset,
  lateness,
  least,
}: {
  size: number;
  every: number;
  offset: number;
  lateness: number;
  least: number;
}): Plan {
  const window = size === every ? { tumbling: size } : { sliding: size, every };
  return { options: { ...window, offset, allowed_lateness: lateness }, least };
}

function sessionPlan({ gap, lateness, least }: { gap: number; lateness: number; least: number }): Plan {
  return { options: { session: gap, allowed_lateness: lateness }, least };
}

describe('windows give what a look at all events gives', () => {
  it.each([
    ['tumbling', tumbling, 400],
    ['sliding', sliding, 400],
    ['sliding finely', slidingFinely, 100],
  ] as const)('%s', async (_, cases, usual) => {
    const property = fc.asyncProperty(cases, async ({ rules, stream }) => {
      const { harness, ...outcome } = await outcomeOf(alignedPlan(rules), stream);
      const expected = alignedWindows(happenings(stream.items, stream.delay), rules);
      expect(sorted(outcome)).toEqual(sorted(expected));
      expect(harness.stateSizes.panes).toBe(0);
      expect(harness.stateSizes.firings ?? 0).toBe(0);
    });
    await fc.assert(property, runs(usual));
  });

  it('session', async () => {
    const property = fc.asyncProperty(session, async ({ rules, stream }) => {
      const { harness, ...outcome } = await outcomeOf(sessionPlan(rules), stream);
      const expected = sessionWindows(happenings(stream.items, stream.delay), rules);
      expect(sorted(outcome)).toEqual(sorted(expected));
      expect(harness.stateSizes.sessions).toBe(0);
    });
    await fc.assert(property, runs(400));
  });
});

describe('sessions of a stream that is in order, or not further out of it than the delay', () => {
  it('are those that sorting it and cutting it at the gaps gives', async () => {
    const cases = fc.record({
      gap: fc.integer({ min: 1, max: 12 }),
      delay: fc.nat(10),
      items: fc.array(
        fc.record({ key: fc.constantFrom('a', 'b'), value: fc.nat(9), step: fc.nat(8), back: fc.nat(10) }),
      ),
    });
    const property = fc.asyncProperty(cases, async ({ gap, delay, items }) => {
      let now = 0;
      const inTime = items.map(({ step, back, ...item }) => ({
        ...item,
        time: (now += step) - Math.min(back, delay),
      }));
      const outcome = await outcomeOf(sessionPlan({ gap, lateness: 0, least: 0 }), { items: inTime, delay });
      expect(outcome.late).toEqual([]);
      const found = outcome.rows.map(
        ({ key, start, end, values }) => `${key} ${start} ${end} ${values.length}`,
      );
      expect(found.toSorted()).toEqual(cutAtGaps(inTime, gap).toSorted());
    });
    await fc.assert(property, runs(300));
  });
});

function cutAtGaps(items: readonly Item[], gap: number): string[] {
  return ['a', 'b'].flatMap((key) => {
    const times = items
      .flatMap((item) => (item.key === key ? [item.time] : []))
      .sort((one, other) => one - other);
    const sessions: number[][] = [];
    for (const time of times) {
      const open = sessions.at(-1);
      if (open !== undefined && time - open.at(-1)! <= gap) open.push(time);
      else sessions.push([time]);
    }
    return sessions.map((its) => `${key} ${its[0]} ${its.at(-1)! + gap} ${its.length}`);
  });
}

describe('windows that were killed and recovered give what windows that ran through give', () => {
  const kill = fc.record({ saved: fc.nat(60), further: fc.nat(20) });
  const plans = fc.oneof(
    tumbling.map(({ rules, stream }) => ({ plan: alignedPlan(rules), stream })),
    sliding.map(({ rules, stream }) => ({ plan: alignedPlan(rules), stream })),
    slidingFinely.map(({ rules, stream }) => ({ plan: alignedPlan(rules), stream })),
    session.map(({ rules, stream }) => ({ plan: sessionPlan(rules), stream })),
  );
  const cases = fc.record({
    planned: plans,
    kills: fc.array(kill, { minLength: 1, maxLength: 4 }),
    cuts: fc.nat(7),
  });

  it('to the last digit, at whatever event, and however often checkpoints are taken', async () => {
    const property = fc.asyncProperty(cases, async ({ planned: { plan, stream }, kills, cuts }) => {
      const straight = (await outcomeOf(plan, stream)).harness;
      const killed = await harnessFor(plan, stream);
      await runWithKills(killed, stream, kills, cuts);
      expect(killed.emitted).toEqual(straight.emitted);
      expect(killed.lateEvents.map(({ time }) => time)).toEqual(straight.lateEvents.map(({ time }) => time));
    });
    await fc.assert(property, runs(400));
  });
});

/** At `saved` a checkpoint is kept; `further` events later the operator is killed and goes back to it. */
async function runWithKills(
  harness: Awaited<ReturnType<typeof harnessFor>>,
  { items }: Stream,
  kills: readonly { saved: number; further: number }[],
  cuts: number,
): Promise<void> {
  const push = (index: number) => {
    const { key, value, time } = items[index]!;
    harness.push({ key, value }, time);
    if (cuts > 0 && index % cuts === 0) harness.checkpoint();
  };
  let at = 0;
  for (const { saved, further } of kills.toSorted((one, other) => one.saved - other.saved)) {
    while (at < Math.min(saved, items.length)) push(at++);
    const checkpoint = harness.checkpoint();
    for (let index = at; index < Math.min(at + further, items.length); index++) push(index);
    await harness.recover(checkpoint);
  }
  while (at < items.length) push(at++);
  harness.end();
}
