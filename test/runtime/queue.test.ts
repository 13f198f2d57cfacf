import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Origin } from '../../src/event.ts';
import { RunQueue } from '../../src/runtime/queue.ts';

const PARTITIONS = ['a', 'b', 'c'];

/** A run of one partition: `dropped` tells that backpressure did not let it in. */
const run = fc.record({
  partition: fc.constantFrom(...PARTITIONS),
  count: fc.integer({ min: 1, max: 5 }),
  time: fc.integer({ min: 0, max: 100 }),
  dropped: fc.boolean(),
});

function originOf(partition: string, length: number): Origin {
  const records = { partition, length } as Origin['records'];
  return { source: 'source', records, readAt: 0 };
}

/** What waits in the queue, in order, and the queue empty after it. */
function drained(queue: RunQueue) {
  const found = [];
  for (let next = queue.peek(); next !== undefined; next = queue.peek()) {
    found.push(next.isDropped ? { ...next } : { partition: next.origin.records.partition, ...next });
    queue.advance(next.isDropped ? next.count : next.to - next.from);
  }
  return found;
}

test('a stall of any length holds one dropped run a partition, which tells the last position and the newest time', () => {
  fc.assert(
    fc.property(fc.array(run, { maxLength: 60 }), (runs) => {
      const queue = new RunQueue();
      const expected: object[] = [];
      let stall = new Map<string, { count: number; next: number; newest: number }>();
      runs.forEach(({ partition, count, time, dropped }, index) => {
        if (!dropped) {
          queue.push(originOf(partition, count), 0, count);
          stall = new Map();
          expected.push({ isDropped: false, partition, from: 0, to: count });
          return;
        }
        queue.pushDropped({ isDropped: true, partition, count, next: index, newest: time });
        const before = stall.get(partition);
        if (before === undefined) {
          const first = { isDropped: true, partition, count, next: index, newest: time };
          stall.set(partition, first);
          expected.push(first);
        } else {
          before.count += count;
          before.next = index;
          before.newest = Math.max(before.newest, time);
        }
      });
      const countOf = (dropped: boolean) =>
        runs.reduce((sum, each) => sum + (each.dropped === dropped ? each.count : 0), 0);
      expect(queue).toMatchObject({ depth: countOf(false), dropped: countOf(true) });
      expect(drained(queue)).toMatchObject(expected);
      expect(queue).toMatchObject({ isEmpty: true, depth: 0, dropped: 0 });
    }),
  );
});

test('what waits of a partition that was taken away counts no more', () => {
  fc.assert(
    fc.property(fc.array(run), fc.subarray(PARTITIONS), (runs, taken) => {
      const queue = new RunQueue();
      for (const { partition, count, time, dropped } of runs) {
        if (dropped) queue.pushDropped({ isDropped: true, partition, count, next: 0, newest: time });
        else queue.push(originOf(partition, count), 0, count);
      }
      queue.discard(new Set(taken));
      const left = runs.filter(({ partition }) => !taken.includes(partition));
      const countOf = (dropped: boolean) =>
        left.reduce((sum, each) => sum + (each.dropped === dropped ? each.count : 0), 0);
      expect(queue).toMatchObject({ depth: countOf(false), dropped: countOf(true) });
      for (const partition of PARTITIONS)
        expect(queue.has(partition)).toBe(left.some((each) => each.partition === partition));
    }),
  );
});
