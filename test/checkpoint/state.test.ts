import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openSqliteStore } from '../../src/checkpoint/sqlite.ts';
import type { Checkpoint, Lease } from '../../src/checkpoint/store.ts';
import { systemClock } from '../../src/clock.ts';
import { KeyedState } from '../../src/state/keyed-state.ts';
import { temporaryFolder } from '../contracts/folder.ts';

const KEEP = 3;
const cells = () => new KeyedState<number[]>({ clone: (value) => [...value] });

async function openStore(file: string) {
  return openSqliteStore(file, {
    keep: KEEP,
    checkpoints: 'checkpoints',
    letters: 'letters',
    state: 'state',
    clock: systemClock,
    notice: () => undefined,
  });
}

function checkpoint(number: number): Checkpoint {
  return {
    job: 'j',
    number,
    epoch: 1,
    createdAt: 0,
    status: 'running',
    spec: {},
    specHash: '',
    sources: {},
    sinks: {},
    counters: {},
    keys: {},
  };
}

function save(lease: Lease, number: number, state: KeyedState<number[]>) {
  const turned = state.sweep();
  const delta = { node: 'n', state: 's', turned, changes: state.freeze() };
  return lease.save(checkpoint(number), { state: [delta], letters: [] });
}

async function load(lease: Lease, number: number): Promise<Record<string, number[]>> {
  const state = cells();
  for await (const { keys, values } of lease.loadState(number)) {
    state.restore(keys, values as () => (number[] | undefined)[]);
  }
  return Object.fromEntries(state.entries());
}

it('gives back the state of every checkpoint that is kept, however keys come, change and go', async () => {
  const step = fc.record({ key: fc.nat(20), action: fc.constantFrom('add', 'add', 'add', 'remove', 'save') });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 50, maxLength: 300 }), async (steps) => {
      const store = await openStore(':memory:');
      const lease = await store.acquire('j');
      const state = cells();
      const saved: Record<string, number[]>[] = [];
      for (const { key, action } of steps) {
        const name = `k${key}`;
        if (action === 'remove') state.delete(name);
        else if (action === 'add') {
          const cell = state.edit(name);
          if (cell === undefined) state.set(name, [saved.length]);
          else cell.push(saved.length);
        } else {
          saved.push(structuredClone(Object.fromEntries(state.entries())));
          await save(lease, saved.length - 1, state);
        }
      }
      for (let number = Math.max(0, saved.length - KEEP); number < saved.length; number++) {
        expect(await load(lease, number)).toEqual(saved[number]);
        expect((await store.load('j', number)).number).toBe(number);
      }
      await store.close();
    }),
    { numRuns: 100 },
  );
});

it('keeps no more than a few times the state, however often it changes', async () => {
  const file = join(await temporaryFolder(), 'store.db');
  const store = await openStore(file);
  const lease = await store.acquire('j');
  const state = cells();
  for (let key = 0; key < 5000; key++) state.set(`k${key}`, [key]);
  for (let number = 0; number < 200; number++) {
    for (let change = 0; change < 500; change++)
      state.edit(`k${(number * 7919 + change * 31) % 5000}`)![0]!++;
    await save(lease, number, state);
  }
  await store.close();
  const database = new Sqlite(file, { readonly: true });
  const { bytes } = database
    .prepare<[], { bytes: number }>('SELECT sum(length(bytes)) AS bytes FROM state')
    .get()!;
  const once = database
    .prepare<[], { bytes: number }>(
      'SELECT max(bytes) AS bytes FROM (SELECT sum(length(bytes)) AS bytes FROM state GROUP BY number)',
    )
    .get()!;
  database.close();
  // Each checkpoint sweeps over 500 of the 5,000 keys: two turns of ten are needed, and what is kept.
  expect(bytes).toBeLessThan(once.bytes * 24);
});

it('forgets what a run wrote beyond the checkpoint that the next one goes on from', async () => {
  const file = join(await temporaryFolder(), 'store.db');
  const store = await openStore(file);
  const state = cells();
  const first = await store.acquire('j');
  state.set('a', [1]);
  await save(first, 0, state);
  state.set('b', [2]);
  await save(first, 1, state);
  const second = await store.acquire('j');
  const resumed = cells();
  resumed.restore(['a'], () => [[1]]);
  resumed.set('c', [3]);
  await save(second, 1, resumed);
  expect(await load(second, 1)).toEqual({ a: [1], c: [3] });
  await store.close();
});

it('writes nothing, not even state ahead, for a lease that another one has followed', async () => {
  const store = await openStore(':memory:');
  const zombie = await store.acquire('j');
  const heir = await store.acquire('j');
  const state = cells();
  state.set('a', [1]);
  await save(heir, 0, state);
  const old = cells();
  for (let key = 0; key < 20_000; key++) old.set(`k${key}`, [key]);
  expect(await save(zombie, 0, old)).toBe('fenced');
  expect(await load(heir, 0)).toEqual({ a: [1] });
  await store.close();
});

it('passes over a checkpoint whose state is damaged', async () => {
  const file = join(await temporaryFolder(), 'store.db');
  const store = await openStore(file);
  const lease = await store.acquire('j');
  const state = cells();
  for (let number = 0; number < 3; number++) {
    state.set(`k${number}`, [number]);
    await save(lease, number, state);
  }
  await store.close();
  const database = new Sqlite(file);
  const { bytes } = database
    .prepare<[], { bytes: Buffer }>('SELECT bytes FROM state WHERE number = 2')
    .get()!;
  bytes[bytes.length - 3]! ^= 0x10;
  database.prepare('UPDATE state SET bytes = ? WHERE number = 2').run(bytes);
  database.close();
  const again = await openStore(file);
  expect((await again.latest('j'))?.number).toBe(1);
  await again.close();
});
