import { expect, test } from 'vitest';
import type { DeadLetter } from '../../src/checkpoint/dead-letter.ts';
import type { Checkpoint, CheckpointStore, Effects, Lease } from '../../src/checkpoint/store.ts';
import { TakenOverError } from '../../src/errors.ts';
import { KeyedState } from '../../src/state/keyed-state.ts';

/** How many checkpoints the stores under test keep. */
export const KEPT = 3;

/** An empty place for checkpoints, the same for every store that is opened on it. */
export interface StoreUnderTest {
  open(): Promise<CheckpointStore>;
  /** What the stores had to tell a person. */
  readonly notices: readonly string[];
  /** Flips a bit of the record of that checkpoint, or of the keyed state saved with it, or removes one chunk of that. */
  damage(what: 'record' | 'state' | 'missing state', job: string, number: number): Promise<void>;
  /** The numbers of all checkpoints of which keyed state is stored, needed or not. */
  stored(job: string): Promise<readonly number[]>;
  /** The ids of the letters that are kept. */
  letterIds(job: string): Promise<readonly string[]>;
  /** Whether rows can be joined to a checkpoint. */
  readonly joins: boolean;
}

function checkpointOf(number: number, fields: Partial<Checkpoint> = {}): Checkpoint {
  return {
    job: 'a job',
    number,
    epoch: 1,
    createdAt: 1_767_225_600_000 + number,
    status: 'running',
    spec: { name: 'a job', note: 'ünï “quoted” \u0000' },
    specHash: 'hash',
    sources: { in: { positions: { 'topic/0': number * 10 }, times: {}, watermark: null } },
    sinks: { out: { length: number } },
    counters: {},
    keys: {},
    layout: 7,
    ...fields,
  };
}

/** What every checkpoint store must do, wherever it keeps them. `make` is called for each test. */
export function checkpointStoreContract(name: string, make: () => Promise<StoreUnderTest>): void {
  const job = 'a job';
  const nothing: Effects = { state: [], letters: [] };

  async function saveAll(lease: Lease, from: number, to: number): Promise<void> {
    for (let number = from; number <= to; number++) {
      const checkpoint = checkpointOf(number, { epoch: lease.epoch });
      expect(await lease.save(checkpoint, nothing)).toMatchObject({ bytes: expect.any(Number) });
    }
  }

  test(`${name} gives back what was saved, also to another process`, async () => {
    const { open } = await make();
    const store = await open();
    expect(await store.latest(job)).toBeUndefined();
    expect(await store.list(job)).toEqual([]);
    const lease = await store.acquire(job);
    await saveAll(lease, 0, 1);
    const other = await open();
    expect(await other.latest(job)).toMatchObject(checkpointOf(1));
    expect(await other.load(job, 0)).toMatchObject(checkpointOf(0));
    await expect(other.load(job, 7)).rejects.toThrow(/no checkpoint 7/);
    expect(await other.latest('another job')).toBeUndefined();
    await Promise.all([store.close(), other.close()]);
  });

  test(`${name} lists the newest first, and keeps so many`, async () => {
    const { open } = await make();
    const store = await open();
    await saveAll(await store.acquire(job), 0, 5);
    const heads = await store.list(job);
    expect(heads.map(({ number }) => number)).toEqual([5, 4, 3].slice(0, KEPT));
    expect(heads[0]).toMatchObject({ epoch: 1, status: 'running', createdAt: checkpointOf(5).createdAt });
    expect(heads[0]!.bytes).toBeGreaterThan(0);
    await store.close();
  });

  test(`${name} goes on from an older checkpoint: later ones are gone then`, async () => {
    const { open } = await make();
    const store = await open();
    await saveAll(await store.acquire(job), 0, 4);
    await saveAll(await store.acquire(job), 3, 3);
    expect((await store.list(job)).map(({ number }) => number)).toEqual([3, 2]);
    await store.close();
  });

  test(`${name} gives each who acquires a job a higher epoch, all at once too`, async () => {
    const { open } = await make();
    const stores = await Promise.all([open(), open(), open()]);
    const leases = await Promise.all(stores.map((store) => store.acquire(job)));
    const epochs = leases.map(({ epoch }) => epoch);
    expect(new Set(epochs).size).toBe(3);
    expect((await stores[0].acquire(job)).epoch).toBeGreaterThan(Math.max(...epochs));
    await Promise.all(stores.map((store) => store.close()));
  });

  test(`${name} saves nothing for whom another has taken the job from, now or later`, async () => {
    const { open, letterIds } = await make();
    const [store, other] = await Promise.all([open(), open()]);
    const zombie = await store.acquire(job);
    await saveAll(zombie, 0, 1);
    expect(await zombie.isHolder()).toBe(true);
    const heir = await other.acquire(job);
    expect([await zombie.isHolder(), await heir.isHolder()]).toEqual([false, true]);
    const effects: Effects = { state: deltaOf({ key: ['zombie'] }), letters: [letterOf('zombie')] };
    expect(await zombie.save(checkpointOf(2), effects)).toBe('fenced');
    await saveAll(heir, 2, 2);
    expect(await zombie.save(checkpointOf(3), effects)).toBe('fenced');
    expect((await store.list(job)).map(({ number }) => number)).toEqual([2, 1, 0]);
    expect(await stateOf(heir, 2)).toEqual({});
    expect(await letterIds(job)).toEqual([]);
    await Promise.all([store.close(), other.close()]);
  });

  test(`${name} keeps the staged rows of the newest checkpoint, in order, until the next one`, async () => {
    const { open } = await make();
    const store = await open();
    const lease = await store.acquire(job);
    const staged = ['a', 'b'].flatMap((sink) =>
      Array.from({ length: 20 }, (_, part) => ({ sink, part, bytes: Buffer.from(`${sink} ${part}`) })),
    );
    await lease.save(checkpointOf(0, { staged: { a: 20, b: 20 } }), { ...nothing, staged });

    const heir = await (await open()).acquire(job);
    expect((await store.latest(job))?.staged).toEqual({ a: 20, b: 20 });
    const rows = await heir.loadStaged(0);
    expect(rows.map(({ sink, part, bytes }) => `${sink} ${part}: ${Buffer.from(bytes)}`)).toEqual(
      staged.map(({ sink, part, bytes }) => `${sink} ${part}: ${bytes}`),
    );
    const [only] = staged;
    await heir.save(checkpointOf(1, { staged: { a: 1 } }), { ...nothing, staged: [only!] });
    expect([(await heir.loadStaged(0)).length, (await heir.loadStaged(1)).length]).toEqual([0, 1]);
    await saveAll(heir, 2, 2);
    expect(await heir.loadStaged(1)).toEqual([]);
    await store.close();
  });

  test(`${name} reserves tokens that overlap with no others, and lie in the present`, async () => {
    const { open } = await make();
    const store = await open();
    const now = 1_767_225_600_000;
    const ranges = [];
    for (let run = 0; run < 3; run++) {
      const lease = await store.acquire(job);
      const both = await Promise.all([lease.reserve(1000n, now), lease.reserve(5n, now - 60_000)]);
      ranges.push(...both);
    }
    const sorted = ranges.toSorted((a, b) => (a.next < b.next ? -1 : 1));
    for (const [index, { next, end }] of sorted.entries()) {
      expect(end).toBeGreaterThan(next);
      if (index > 0) expect(next).toBeGreaterThanOrEqual(sorted[index - 1]!.end);
    }
    expect(ranges[0]!.end).toBeGreaterThan(BigInt(now) * 1000n);
    await store.close();
  });

  test(`${name} reserves no tokens for whom another has taken the job from: they would be the larger ones`, async () => {
    const { open } = await make();
    const store = await open();
    const zombie = await store.acquire(job);
    await zombie.reserve(5n, 0);
    const heir = await store.acquire(job);
    await expect(zombie.reserve(5n, 0)).rejects.toThrow(TakenOverError);
    await heir.reserve(5n, 0);
    await store.close();
  });

  test(`${name} holds the keys of each checkpoint that it keeps, as they came, changed and went`, async () => {
    const { open } = await make();
    const store = await open();
    const lease = await store.acquire(job);
    const state = new KeyedState<number[]>({ clone: (value) => [...value] });
    const expected: Record<string, number[]>[] = [];
    for (let number = 0; number < 8; number++) {
      for (let key = 0; key < 40; key++) {
        const id = `key ${key}`;
        if (key % 7 === number) state.delete(id);
        else if (key % 3 === number % 3) state.set(id, [key, number]);
      }
      const turned = state.sweep();
      const delta = { node: 'n', state: 's', turned, changes: state.freeze() };
      await lease.save(checkpointOf(number), { state: [delta], letters: [] });
      // What is superseded is gone by now: no kept checkpoint misses it.
      expect((await store.latest(job))?.number).toBe(number);
      expected[number] = Object.fromEntries(state.entries());
    }
    const heir = await (await open()).acquire(job);
    for (const { number } of await store.list(job)) {
      expect(await stateOf(heir, number), `checkpoint ${number}`).toEqual(expected[number]);
      expect((await store.load(job, number)).number).toBe(number);
    }
    await store.close();
  });

  test(`${name} keeps what was written long ago of a state, however often another one of the job is written anew`, async () => {
    const { open } = await make();
    const store = await open();
    const lease = await store.acquire(job);
    for (let number = 0; number < 8; number++) {
      const often = deltaOf({ often: [number] }).map((delta) => ({ ...delta, turned: true }));
      const seldom = deltaOf(number === 0 ? { seldom: [0] } : {}).map((delta) => ({
        ...delta,
        state: 'other',
      }));
      await lease.save(checkpointOf(number), { state: [...often, ...seldom], letters: [] });
      expect((await store.latest(job))?.number).toBe(number);
    }
    for (const { number } of await store.list(job))
      expect(await stateOf(lease, number), `checkpoint ${number}`).toEqual({ often: [number], seldom: [0] });
    await store.close();
  });

  test(`${name} drops what is superseded, also what a run before has left`, async () => {
    const { open, stored } = await make();
    const store = await open();
    for (let run = 0; run < 3; run++) {
      const lease = await store.acquire(job);
      for (let number = run * 10; number < run * 10 + 10; number++) {
        const state = deltaOf({ key: [number] }).map((delta) => ({ ...delta, turned: true }));
        await lease.save(checkpointOf(number, { epoch: lease.epoch }), { state, letters: [] });
      }
    }
    expect((await stored(job)).toSorted((a, b) => a - b)).toEqual([27, 28, 29].slice(-KEPT));
    await store.close();
  });

  test(`${name} can read all that it keeps, however long the turns of states are, also after recoveries`, async () => {
    const { open } = await make();
    const store = await open();
    const states = () => ({
      small: new KeyedState<number[]>({ clone: (value) => [...value] }),
      large: new KeyedState<number[]>({ clone: (value) => [...value] }),
    });
    let held = states();
    let lease = await store.acquire(job);
    const expected: Record<string, unknown>[] = [];
    for (let number = 0; number < 24; number++) {
      if (number === 9 || number === 10 || number === 17) {
        lease = await store.acquire(job);
        held = states();
        for await (const { state, keys, values } of lease.loadState(number - 1)) {
          held[state as 'small' | 'large'].restore(keys, values as () => number[][]);
        }
      }
      held.small.set('watermark', [number]);
      if (number === 1) for (let key = 0; key < 7; key++) held.large.set(`key ${key}`, [key]);
      if (number > 1) held.large.edit(`key ${number % 2}`)!.push(number);
      const deltas = Object.entries(held).map(([state, keyed]) => ({
        node: 'n',
        state,
        turned: keyed.sweep(),
        changes: keyed.freeze(),
      }));
      await lease.save(checkpointOf(number, { epoch: lease.epoch }), { state: deltas, letters: [] });
      expected[number] = structuredClone(
        Object.fromEntries([...held.small.entries(), ...held.large.entries()]),
      );
      expect((await store.latest(job))?.number).toBe(number);
      for (let each = Math.max(0, number - KEPT + 1); each <= number; each++) {
        await store.load(job, each);
        expect(await stateOf(lease, each), `checkpoint ${each} at ${number}`).toEqual(expected[each]);
      }
    }
    await store.close();
  });

  test(`${name} gives values memory of their own, whatever becomes of what they were read from`, async () => {
    const { open } = await make();
    const store = await open();
    const lease = await store.acquire(job);
    const value = {
      registers: new Uint8Array([1, 2, 3]),
      doubles: new Float64Array([0.5, -0]),
      bytes: Buffer.from('abc'),
      view: new DataView(new Uint8Array([7, 8]).buffer),
    };
    const changes = [{ key: 'k', value }];
    await lease.save(checkpointOf(0), {
      state: [{ node: 'n', state: 's', turned: true, changes }],
      letters: [],
    });
    const { k } = await stateOf(lease, 0);
    expect(k).toEqual(value);
    const { registers, bytes, view } = k as typeof value;
    expect(registers.buffer.byteLength).toBe(3);
    expect(Buffer.isBuffer(bytes)).toBe(true);
    expect([view.getUint8(0), view.getUint8(1), view.byteLength]).toEqual([7, 8, 2]);
    await store.close();
  });

  test(`${name} forgets the state behind an older checkpoint that is gone on from`, async () => {
    const { open } = await make();
    const store = await open();
    const lease = await store.acquire(job);
    await lease.save(checkpointOf(0), { state: deltaOf({ a: [0] }), letters: [] });
    await lease.save(checkpointOf(1), { state: deltaOf({ a: [1], b: [1] }), letters: [] });
    const again = await store.acquire(job);
    await again.save(checkpointOf(1, { epoch: again.epoch }), { state: deltaOf({ c: [1] }), letters: [] });
    expect(await stateOf(again, 1)).toEqual({ a: [0], c: [1] });
    await store.close();
  });

  test(`${name} keeps letters with their checkpoint; the same one again is the same`, async () => {
    const { open, letterIds } = await make();
    const store = await open();
    const lease = await store.acquire(job);
    await lease.save(checkpointOf(0), { state: [], letters: [letterOf('one'), letterOf('two')] });
    await lease.save(checkpointOf(1), { state: [], letters: [letterOf('two'), letterOf('three')] });
    expect([...(await letterIds(job))].sort()).toEqual(['one', 'three', 'two']);
    await store.close();
  });

  test(`${name} saves a checkpoint with all of its effects or none of them`, async () => {
    const { open, letterIds, joins } = await make();
    const store = await open();
    const lease = await store.acquire(job);
    await lease.save(checkpointOf(0), nothing);
    if (!joins) return;
    const failing: Effects = {
      state: deltaOf({ a: [1] }),
      letters: [letterOf('one')],
      join() {
        throw new Error('the rows do not fit');
      },
    };
    await expect(lease.save(checkpointOf(1), failing)).rejects.toThrow('the rows do not fit');
    expect((await store.list(job)).map(({ number }) => number)).toEqual([0]);
    expect(await stateOf(lease, 1)).toEqual({});
    expect(await letterIds(job)).toEqual([]);
    await store.close();
  });

  test(`${name} passes over a damaged record, and says so`, async () => {
    const { open, damage, notices } = await make();
    const store = await open();
    await saveAll(await store.acquire(job), 0, 2);
    await damage('record', job, 2);
    expect((await store.latest(job))?.number).toBe(1);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(/checkpoint 2 is damaged.*falling back to the one before/);
    await expect(store.load(job, 2)).rejects.toThrow(/damaged/);
    expect((await store.list(job)).map(({ number }) => number)).toEqual([2, 1, 0]);
    await damage('record', job, 1);
    await damage('record', job, 0);
    expect(await store.latest(job)).toBeUndefined();
    await store.close();
  });

  test.each(['state', 'missing state'] as const)(
    `${name} passes over the checkpoints that need %s`,
    async (what) => {
      const { open, damage, notices } = await make();
      const store = await open();
      const lease = await store.acquire(job);
      // Several chunks each.
      const many = (number: number) =>
        Object.fromEntries(Array.from({ length: 2500 }, (_, key) => [`key ${number} ${key}`, [number]]));
      for (let number = 0; number < 2; number++)
        await lease.save(checkpointOf(number), { state: deltaOf(many(number)), letters: [] });
      const heir = await store.acquire(job);
      await heir.save(checkpointOf(2, { epoch: heir.epoch }), { state: deltaOf(many(2)), letters: [] });
      expect((await store.latest(job))?.number).toBe(2);

      await damage(what, job, 1);
      expect((await store.latest(job))?.number).toBe(0);
      expect(notices).toHaveLength(2);
      for (const number of [1, 2]) await expect(store.load(job, number)).rejects.toThrow(/damaged/);
      await store.close();
    },
  );
}

function deltaOf(values: Readonly<Record<string, readonly unknown[]>>): Effects['state'] {
  const changes = Object.entries(values).map(([key, value]) => ({ key, value }));
  return [{ node: 'n', state: 's', turned: false, changes }];
}

async function stateOf(lease: Lease, number: number): Promise<Record<string, unknown>> {
  const held = new Map<string, unknown>();
  for await (const { keys, values } of lease.loadState(number)) {
    for (const [index, key] of keys.entries()) if (!held.has(key)) held.set(key, values()[index]);
  }
  return Object.fromEntries([...held].filter(([, value]) => value !== undefined));
}

function letterOf(id: string): DeadLetter {
  return {
    id,
    job: 'a job',
    epoch: 1,
    source: 'in',
    partition: '0',
    position: 7,
    node: 'out',
    port: 0,
    step: null,
    token: 5n,
    status: 'waiting',
    event: { value: { user: 'u' }, time: 3, id: null, change: 'upsert', firing: 0, final: true },
    error: { code: 'refused', message: 'no', retryable: false },
    attempts: 1,
    firstAt: 0,
    lastAt: 0,
    timestamp: null,
    bytes: Buffer.from('{'),
    key: null,
    headers: { trace: '7', 'sluice-csv-header': 'id,"a\nb"' },
  };
}
