import { expect, test } from 'vitest';
import type { Harness } from '../harness.ts';
import { processOf } from './run.ts';

const MINUTE = 60_000;

const visits = `export function process(user, event, state) {
  const visits = state.get('visits') ?? { count: 0 };
  visits.count++;
  state.set('visits', visits);
  return visits;
}`;

const counts = ({ emitted }: Harness) => emitted.map(({ value }) => value.count);

//         0    10   20   30   40 min
//  ann    ●    ●         ●              the second's state ends at 25
//  bob    ●                             at 15
test('state is forgotten when its key has had no event for its ttl, in event time', async () => {
  const node = await processOf(visits, { options: { ttl: '15m' } });
  node.push({ user: 'ann' }, 0);
  node.push({ user: 'bob' }, 0);
  node.push({ user: 'ann' }, 10 * MINUTE);
  expect(node.stateSizes).toEqual({ keys: 2 });
  const saved = node.checkpoint();
  for (const life of ['straight', 'recovered']) {
    if (life === 'recovered') await node.recover(saved);
    node.push({ user: 'eve' }, 20 * MINUTE);
    expect(node.stateSizes, life).toEqual({ keys: 2 });
    node.push({ user: 'ann' }, 30 * MINUTE);
    expect(counts(node), life).toEqual([1, 1, 2, 1, 1]);
    node.push({ user: 'zoe' }, 40 * MINUTE);
    expect(node.stateSizes, life).toEqual({ keys: 2 });
  }
});

test('an event that is late makes no state older', async () => {
  const node = await processOf(visits, { options: { ttl: '15m' } });
  for (const minute of [10, 0, 20]) node.push({ user: 'ann' }, minute * MINUTE);
  expect(counts(node)).toEqual([1, 2, 3]);
});

test('a timer comes though state is forgotten by then, and finds none', async () => {
  const node = await processOf(
    `export function process(user, event, state, ctx) {
       state.set('seen', true);
       if (event.at !== undefined) ctx.timer(event.at);
     }
     export const timer = (user, at, state) => ({ at, seen: state.get('seen') ?? false });`,
    { options: { ttl: '15m' } },
  );
  node.push({ user: 'ann', at: 5 * MINUTE }, 0);
  node.push({ user: 'bob', at: 20 * MINUTE }, 0);
  node.push({ user: 'eve' }, 60 * MINUTE);
  expect(node.emitted.map(({ value }) => value)).toEqual([
    { at: 5 * MINUTE, seen: true },
    { at: 20 * MINUTE, seen: false },
  ]);
  expect(node.stateSizes).toEqual({ keys: 1 });
});

//         0    10   20   30   40   50   60   70   80 min
//  ann    ●····|     t·········|····●                        the timer's state ends at 35
//  bob    ●····|     t·········|         t·········|····●    and what the next one sets at 65
test('state that a timer sets when there is none lives as long from the timer on', async () => {
  const node = await processOf(
    `export function process(user, event, state, ctx) {
       if (user !== 'eve') ctx.emit({ user, seen: state.get('timer') ?? null });
       for (const at of event.at ?? []) ctx.timer(at);
       state.set('seen', true);
     }
     export function timer(user, at, state, ctx) {
       ctx.emit({ user, at, seen: state.get('timer') ?? null });
       state.set('timer', at);
     }`,
    { options: { ttl: '15m' } },
  );
  node.push({ user: 'ann', at: [20 * MINUTE] }, 0);
  node.push({ user: 'bob', at: [20 * MINUTE, 50 * MINUTE] }, 0);
  const saved = node.checkpoint();
  for (const life of ['straight', 'recovered']) {
    if (life === 'recovered') await node.recover(saved);
    node.push({ user: 'eve' }, 30 * MINUTE);
    expect(node.stateSizes, life).toEqual({ keys: 3 });
    node.push({ user: 'eve' }, 40 * MINUTE);
    expect(node.stateSizes, life).toEqual({ keys: 2 });
    node.push({ user: 'ann' }, 40 * MINUTE);
    node.push({ user: 'eve' }, 64 * MINUTE);
    node.push({ user: 'eve' }, 70 * MINUTE);
    expect(node.stateSizes, life).toEqual({ keys: 1 });
    node.push({ user: 'bob' }, 80 * MINUTE);
    expect(
      node.emitted.slice(2).map(({ value }) => value),
      life,
    ).toEqual([
      { user: 'ann', at: 20 * MINUTE, seen: null },
      { user: 'bob', at: 20 * MINUTE, seen: null },
      { user: 'ann', seen: null },
      { user: 'bob', at: 50 * MINUTE, seen: null },
      { user: 'bob', seen: null },
    ]);
  }
});

test('a timer puts off no end of state that an event has set', async () => {
  const node = await processOf(
    `export function process(user, event, state, ctx) {
       state.set('n', 1);
       if (event.at) ctx.timer(event.at);
     }
     export const timer = (user, at, state) => state.set('n', 2);`,
    { options: { ttl: '15m' } },
  );
  node.push({ user: 'ann', at: 10 * MINUTE }, 0);
  node.push({ user: 'eve' }, 14 * MINUTE);
  expect(node.stateSizes).toEqual({ keys: 2 });
  node.push({ user: 'eve' }, 16 * MINUTE);
  expect(node.stateSizes).toEqual({ keys: 1 });
});
