import { expect, test } from 'vitest';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { Source } from '../../src/component/source.ts';
import type { Records } from '../../src/event.ts';
import { planJob } from '../../src/plan/plan.ts';
import { Bell } from '../../src/runtime/bell.ts';
import { Inlet } from '../../src/runtime/inlet.ts';
import { Intake } from '../../src/runtime/intake.ts';
import { LetterBox } from '../../src/runtime/letters.ts';
import type { BackpressureSpec } from '../../src/spec/job.ts';
import { jobFromFlags } from '../../src/spec/load.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const spec = jobFromFlags('transform', {
  from: ['in.jsonl'],
  to: ['-'],
  time: 'at',
  watermark: '0ms',
});

/** One event of the partition, at this time. */
function recordAt(partition: string, at: number): Records {
  const text = JSON.stringify({ at });
  return {
    partition,
    length: 1,
    text: () => text,
    bytes: () => Buffer.from(text),
    size: () => text.length,
    key: () => null,
    headers: () => ({}),
    timestamp: () => null,
    offset: () => at,
    next: () => at + 1,
  };
}

/** An intake whose source has these partitions, and gives out what is put into `records`. */
function intakeOf(
  exist: readonly string[],
  assigned: readonly string[],
  clock: Clock = systemClock,
  backpressure: BackpressureSpec = spec.backpressure,
) {
  const records: Records[] = [];
  const source: Source = {
    async open(_resume, host) {
      host.exist(exist);
      await host.assigned(assigned);
    },
    poll: () => records.shift(),
    ready: async () => {},
    ended: false,
    pause: () => {},
    resume: () => {},
    close: async () => {},
  };
  const [planned] = planJob(spec).sources;
  const intake = new Intake(planned!, source, new Inlet(), backpressure, undefined, {
    clock,
    bell: new Bell(clock),
    letters: new LetterBox({
      job: 'job',
      epoch: 1,
      clock,
      token: () => 0n,
    }),
    over: new AbortController().signal,
    checkpointNow: async () => {},
    fail: (error) => {
      throw error;
    },
    notice: () => {},
  });
  const take = (...more: Records[]) => {
    records.push(...more);
    intake.admit(100);
    intake.process(100);
    return intake.watermark.current;
  };
  return { intake, take, records };
}

test('a partition that another process still has holds the watermark back until its own events come', async () => {
  const { intake, take } = intakeOf(['a', 'b'], ['a']);
  await intake.open();
  expect(take(recordAt('a', 5000))).toBe(Number.NEGATIVE_INFINITY);
  await intake.assigned(['b']);
  expect(take(recordAt('b', 1000))).toBe(999);
});

test('a partition that is taken away holds the watermark where it was', async () => {
  const { intake, take } = intakeOf(['a', 'b'], ['a', 'b']);
  await intake.open();
  expect(take(recordAt('a', 5000), recordAt('b', 1000))).toBe(999);
  await intake.revoked(['a', 'b']);
  await intake.assigned(['a']);
  expect(take(recordAt('a', 9000))).toBe(999);
});

test('a partition is not idle while its events wait in the queue, however long a slow sink holds them up', async () => {
  const clock = new VirtualClock(0);
  const { intake, take, records } = intakeOf(['a', 'b'], ['a', 'b'], clock);
  await intake.open();
  expect(take(recordAt('a', 5000), recordAt('b', 1000))).toBe(999);
  records.push(recordAt('b', 2000));
  intake.admit(100);
  intake.status('b', 'idle');
  await clock.advance(60_000);
  intake.checkIdle();
  expect(intake.watermark.current).toBe(999);
  intake.process(100);
  expect(intake.watermark.current).toBe(1999);
  intake.checkIdle();
  expect(intake.watermark.current).toBe(4999);
});

test('dropped events move position and watermark behind what was queued before them, and not sooner', async () => {
  const { intake, records } = intakeOf(['a', 'b'], ['a', 'b'], systemClock, {
    strategy: 'drop_newest',
    threshold: 2,
  });
  await intake.open();
  records.push(recordAt('a', 1000), recordAt('b', 2000), recordAt('a', 8000), recordAt('b', 9000));
  for (let turn = 0; turn < 2; turn++) intake.admit(2);
  expect(intake.queue).toMatchObject({ depth: 2, dropped: 2 });
  expect(intake.process(2)).toBe(2);
  expect(intake.watermark.current).toBe(999);
  expect(intake.checkpoint().positions).toEqual({ a: 1001, b: 2001 });
  expect(intake.counters).toMatchObject({ in: 2, dropped: 0 });
  intake.process(2);
  expect(intake.watermark.current).toBe(7999);
  expect(intake.checkpoint().positions).toEqual({ a: 8001, b: 9001 });
  expect(intake.counters).toMatchObject({ in: 4, dropped: 2 });
  expect(intake.queue).toMatchObject({ isEmpty: true, depth: 0, dropped: 0 });
});

test('a partition that is read to its end holds the watermark back until what waits of it is processed', async () => {
  const { intake, records } = intakeOf(['a', 'b', 'empty'], ['a', 'b', 'empty']);
  await intake.open();
  records.push(recordAt('a', 1000), recordAt('a', 2000), recordAt('b', 9000), recordAt('b', 9500));
  intake.admit(4);
  intake.ended('empty');
  intake.ended('a');
  intake.process(1);
  expect(intake.watermark.current).toBe(Number.NEGATIVE_INFINITY);
  intake.process(2);
  expect(intake.watermark.current).toBe(8999);
  intake.ended('b');
  intake.process(1);
  expect(intake.watermark.current).toBe(9499);
});
