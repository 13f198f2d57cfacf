import { expect, test } from 'vitest';
import { heapInUse } from '../../memory.ts';
import { detector } from './draw.ts';

test.each([
  ['missing: 1d', { missing: '1d' }],
  ['a sequence that is not answered', { pattern: "kind = 'a' THEN kind = 'c' IN 1d" }],
  ['a sequence that is', { pattern: "kind = 'a' THEN kind = 'b' IN 1d" }],
  ['a sequence whose second does not stay away', { pattern: "kind = 'a' THEN NOT kind = 'b' IN 1d" }],
  ['a burst', { pattern: "COUNT(*) > 10 IN 1s WHERE kind = 'a'" }],
])('a key needs no more memory with each event: %s', async (_, options) => {
  const harness = await detector(options);
  const push = (from: number, to: number) => {
    for (let time = from; time < to; time++) {
      // Ten keys, each with as and bs in turn.
      harness.push({ key: time % 10, kind: time % 20 < 10 ? 'a' : 'b' }, time);
      harness.passedOver.length = 0;
      harness.emitted.length = 0;
    }
  };
  push(0, 20_000);
  const before = heapInUse();
  push(20_000, 100_000);
  expect(heapInUse() - before).toBeLessThan(500_000);
});
