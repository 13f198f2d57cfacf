import { expect, test } from 'vitest';
import { heapInUse } from '../../memory.ts';
import { processOf } from './run.ts';

const DAY = 86_400_000;

test.each([
  [
    'takes its timer back at each event and asks for a later one',
    `ctx.cancel(state.get('at')); state.set('at', event.at); ctx.timer(event.at);`,
  ],
  [
    'takes its timer back at each event and asks for an earlier one',
    `const at = 2 * event.latest - event.at; ctx.cancel(state.get('at')); state.set('at', at); ctx.timer(at);`,
  ],
  [
    'takes its timer back and asks for the same one',
    'ctx.timer(event.latest); ctx.cancel(event.latest); ctx.timer(event.latest);',
  ],
  [
    'is forgotten at every other event',
    `if (state.get('at')) { ctx.cancel(state.get('at')); state.delete('at'); }
     else { state.set('at', event.at); ctx.timer(event.at); }`,
  ],
])('a key needs no more memory with each event where it %s', async (_, body) => {
  const harness = await processOf(
    `export function process(user, event, state, ctx) { ${body} }
     export const timer = (user, at) => ({ at });`,
    { options: { ttl: '2d' } },
  );
  const push = (from: number, to: number) => {
    for (let time = from; time < to; time++) {
      harness.push({ user: time % 10, at: time + DAY, latest: DAY + 1_000_000 }, time);
      harness.passedOver.length = 0;
    }
  };
  push(0, 20_000);
  const before = heapInUse();
  push(20_000, 100_000);
  expect(heapInUse() - before).toBeLessThan(500_000);
  harness.end();
  expect(harness.emitted.length).toBeLessThanOrEqual(10);
  expect(harness.stateSizes.keys).toBeLessThanOrEqual(10);
});
