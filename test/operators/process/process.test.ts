import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { processOperator } from '../../../src/operators/process/definition.ts';
import { Harness } from '../harness.ts';

const MINUTE = 60_000;

/** A process node whose module is this text, keyed by `user`. */
async function processOf(module: string, options: Record<string, unknown> = {}): Promise<Harness> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-process-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'module.mjs');
  writeFileSync(file, module);
  return Harness.of(processOperator, { options: { module: file, ...options }, key: ['user'] });
}

const visits = `export function process(user, event, state) {
  const visits = state.get('visits') ?? { count: 0 };
  visits.count++;
  state.set('visits', visits);
  return visits;
}`;

const counts = ({ emitted }: Harness) => emitted.map(({ value }) => value.count);

test('what is emitted stays as it was, though what is kept changes on', async () => {
  const node = await processOf(visits);
  for (const time of [1, 2, 3]) node.push({ user: 'ann' }, time);
  expect(counts(node)).toEqual([1, 2, 3]);
});

test('what is no data is refused: a function among what is emitted', async () => {
  const node = await processOf('export const process = () => ({ act() {} })');
  node.push({ user: 'ann' }, 1);
  expect(node.rejected.map(({ error }) => error.message)).toEqual([
    expect.stringContaining('process must give data'),
  ]);
});

//         0    10   20   30   40 min
//  ann    ●    ●         ●              the second's state ends at 25
//  bob    ●                             at 15
test('state is forgotten when its key has had no event for its ttl, in event time', async () => {
  const node = await processOf(visits, { ttl: '15m' });
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
  const node = await processOf(visits, { ttl: '15m' });
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
    { ttl: '15m' },
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
