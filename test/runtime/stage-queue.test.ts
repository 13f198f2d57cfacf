import fc from 'fast-check';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { AsyncStage, Outcome } from '../../src/component/operator.ts';
import { DataError, TransientError } from '../../src/errors.ts';
import { Event, type Records } from '../../src/event.ts';
import { NodeCounters } from '../../src/metrics/counters.ts';
import { Bell } from '../../src/runtime/bell.ts';
import { StageQueue } from '../../src/runtime/stage-queue.ts';

const records = {} as Records;

function eventOf(n: number): Event {
  return new Event({ n }, n, { source: 'in', records, readAt: 0 }, 0);
}

/** What came out, in its order: values of events, refusals by their code, watermarks as negative numbers. */
function queueOf(stage: AsyncStage, maxRetries = 0) {
  const out: (number | string | null)[] = [];
  const asked: number[] = [];
  const failures: unknown[] = [];
  const show = (outcome: Outcome) => {
    if (outcome instanceof DataError) return outcome.code;
    return outcome instanceof Event ? (outcome.value!.n as number) : null;
  };
  const queue = new StageQueue(
    stage,
    new NodeCounters('node', 'operator', 'transform'),
    {
      outcome(outcome, _event, _root, attempts) {
        out.push(show(outcome));
        asked.push(attempts);
      },
      results: (results) => out.push(...results.map(({ id }) => id)),
      watermark: (watermark) => out.push(-watermark),
    },
    {
      bell: new Bell(systemClock),
      retry: { clock: systemClock, maxRetries, delay: 1, timeout: 10, waiting: () => {} },
      maxConcurrency: 4,
      signal: new AbortController().signal,
      fail: (error) => failures.push(error),
    },
  );
  return { queue, out, asked, failures };
}

it('lets nothing overtake anything, whichever batch is answered first', async () => {
  const entry = fc.record({ isWatermark: fc.boolean(), turns: fc.nat(4) });
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 40 }), async (entries) => {
      const turnsOf = new Map<number, number>();
      const stage: AsyncStage = {
        concurrency: 4,
        batch: 3,
        async run(batch) {
          for (let turn = turnsOf.get(batch[0]!.value!.n as number)!; turn > 0; turn--) await null;
          return batch;
        },
      };
      const { queue, out } = queueOf(stage);
      const expected: number[] = [];
      for (const [index, { isWatermark, turns }] of entries.entries()) {
        const n = index + 1;
        expected.push(isWatermark ? -n : n);
        turnsOf.set(n, turns);
        if (isWatermark) queue.pushWatermark(n);
        else queue.push(eventOf(n), eventOf(n));
        if (index % 5 === 0) queue.pump();
      }
      await queue.emptied();
      expect(out).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});

it('passes on several, none and refusals where their event stood', async () => {
  const stage: AsyncStage = {
    concurrency: 1,
    run: async ([first, second]) => [[first!, first!], null, new DataError('module', 'no'), second!],
  };
  const { queue, out } = queueOf(stage);
  for (const n of [1, 2, 3, 4]) queue.push(eventOf(n), eventOf(n));
  await queue.emptied();
  expect(out).toEqual([null, null, 'module', 2]);
});

it('asks again a server that answers "not now", and then refuses each event as retryable', async () => {
  const stage: AsyncStage = {
    concurrency: 1,
    async run() {
      throw new TransientError('overloaded', { answered: true });
    },
  };
  const { queue, out, asked } = queueOf(stage, 2);
  for (const n of [1, 2]) queue.push(eventOf(n), eventOf(n));
  await queue.emptied();
  expect(asked).toEqual([3, 3]);
  expect(out).toEqual(['retries', 'retries']);
});

it('ends the job at anything else', async () => {
  const bug = new Error('a bug');
  const stage: AsyncStage = { concurrency: 1, run: () => Promise.reject(bug) };
  const { queue, failures } = queueOf(stage);
  queue.push(eventOf(1), eventOf(1));
  queue.pump();
  await expect.poll(() => failures).toEqual([bug]);
});

it('takes no more than some batches beyond those in flight', () => {
  const stage: AsyncStage = { concurrency: 2, run: () => new Promise(() => {}) };
  const { queue } = queueOf(stage);
  let taken = 0;
  while (queue.room > 0 && taken < 10_000) {
    queue.push(eventOf(taken), eventOf(taken));
    taken++;
  }
  expect(taken).toBe(400);
});

it('holds few events where a batch is small: they are soon through', () => {
  const { queue } = queueOf({ concurrency: 1, batch: 3, run: () => new Promise(() => {}) });
  expect(queue.room).toBe(6);
  queue.push(eventOf(1), eventOf(1));
  expect(queue.room).toBe(5);
});

it('shows a stage that goes by time each watermark when all before it is done, and nothing behind it meanwhile', async () => {
  const entry = fc.record({ isWatermark: fc.boolean(), turns: fc.nat(3), isDue: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 40 }), async (entries) => {
      const seen: number[] = [];
      const stage: AsyncStage = {
        concurrency: 4,
        batch: 3,
        async run(batch) {
          for (const { value } of batch) {
            for (let turn = entries[value!.n as number]!.turns; turn > 0; turn--) await null;
            seen.push(value!.n as number);
          }
          return batch;
        },
        advance(watermark) {
          seen.push(-watermark);
          const { isDue, turns } = entries[watermark]!;
          if (!isDue) return undefined;
          return (async () => {
            for (let turn = turns; turn > 0; turn--) await null;
            seen.push(0.5 - watermark);
            return [{ value: {}, time: watermark, id: `due ${watermark}` }];
          })();
        },
      };
      const { queue, out, failures } = queueOf(stage);
      for (const [n, { isWatermark }] of entries.entries()) {
        if (isWatermark) queue.pushWatermark(n);
        else queue.push(eventOf(n), eventOf(n));
      }
      await queue.emptied();
      const due = (n: number, what: (n: number) => number | string) => (entries[n]!.isDue ? [what(n)] : []);
      expect(seen).toEqual(
        entries.flatMap(({ isWatermark }, n) => (isWatermark ? [-n, ...due(n, (at) => 0.5 - at)] : [n])),
      );
      expect(out).toEqual(
        entries.flatMap(({ isWatermark }, n) => (isWatermark ? [...due(n, (at) => `due ${at}`), -n] : [n])),
      );
      expect(failures).toEqual([]);
    }),
  );
});
