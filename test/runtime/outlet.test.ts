import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Rejection, Sink } from '../../src/component/sink.ts';
import { UnreachableError } from '../../src/errors.ts';
import type { Event } from '../../src/event.ts';
import { Bell } from '../../src/runtime/bell.ts';
import { LetterBox } from '../../src/runtime/letters.ts';
import { Outlet } from '../../src/runtime/outlet.ts';
import type { SinkSpec } from '../../src/spec/job.ts';
import { eventsOf } from '../contracts/events.ts';

const spec: SinkSpec = {
  name: 'out',
  type: 'test',
  from: ['in'],
  options: {},
  format: 'json',
  key: [],
  batch_size: 2,
  flush_interval: 5000,
  on_error: 'dead_letter',
};

/** A sink whose `write` is given; the rest has nothing to do. */
function outletInto(write: (batch: readonly Event[]) => Promise<readonly Rejection[]>) {
  const failures: unknown[] = [];
  const sink: Sink = {
    concurrency: 1,
    open: async () => {},
    write,
    prepare: async () => ({ length: 1 }),
    close: async () => {},
  };
  const outlet = new Outlet(spec, sink, 1, {
    clock: systemClock,
    bell: new Bell(systemClock),
    letters: new LetterBox({
      job: 'job',
      epoch: 1,
      clock: systemClock,
      token: () => 0n,
    }),
    latencies: [],
    signal: new AbortController().signal,
    retry: { clock: systemClock, maxRetries: 0, delay: 1, timeout: 1, waiting: () => {} },
    fail: (error) => failures.push(error),
    tokensFor: () => undefined,
  });
  return { outlet, failures };
}

describe('an outlet', () => {
  test('has written all that it accepted when a cut resolves', async () => {
    const written: Event[] = [];
    const { outlet } = outletInto(async (batch) => {
      await systemClock.yield();
      written.push(...batch);
      return [];
    });
    const events = eventsOf([{ n: 1 }, { n: 2 }, { n: 3 }]);
    for (const event of events) outlet.accept(event);
    const { totals } = await outlet.cut();
    expect(written).toEqual(events);
    expect(totals).toMatchObject({ in: 3, out: 3 });
  });

  test('gives no cut, now or later, once a batch is lost: the checkpoint would pass over its rows', async () => {
    const full = new UnreachableError('out', 'no space left on device');
    const { outlet, failures } = outletInto(async () => {
      await systemClock.yield();
      throw full;
    });
    for (const event of eventsOf([{ n: 1 }, { n: 2 }])) outlet.accept(event);
    await expect(outlet.cut()).rejects.toBe(full);
    await expect(outlet.cut()).rejects.toBe(full);
    expect(failures).toEqual([full]);
  });
});
