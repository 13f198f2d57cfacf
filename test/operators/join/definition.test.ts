import { describe, expect, it } from 'vitest';
import { joinOperator } from '../../../src/operators/join/definition.ts';
import { Harness } from '../harness.ts';
import { joinOf } from './meet.ts';

async function failureOf(options: Record<string, unknown>, more: { inputs?: string[]; key?: string[] } = {}) {
  const { inputs = ['orders', 'users'], key = [] } = more;
  const settings = { options: { window: 5, ...options }, inputs, key };
  return Harness.of(joinOperator, settings).then(
    () => undefined,
    (error) => `${error.place}: ${error.message} (${error.hint})`,
  );
}

const on = 'orders.user = users.id';

describe('the fields of a result', () => {
  it('are the inputs, by their names, or what is selected', async () => {
    for (const [select, expected] of [
      [undefined, { orders: { user: 1, v: 'a' }, users: { id: 1, v: 'b' } }],
      [['orders.v', 'users.v AS name'], { v: 'a', name: 'b' }],
      [['upper(users.v) AS up', 'orders.user'], { up: 'B', user: 1 }],
    ] as const) {
      const harness = await joinOf({ window: 5, ...(select && { select }) });
      harness.push({ user: 1, v: 'a' }, 0, { port: 0 });
      harness.push({ id: 1, v: 'b' }, 0, { port: 1 });
      expect(harness.emitted.map(({ value }) => value)).toEqual([expected]);
    }
  });

  it('are NULL of an input that met none, and where values do not fit', async () => {
    const harness = await joinOf({ window: 5, join_type: 'left', select: ['users.v', 'orders.v * 2 AS w'] });
    harness.push({ user: 1, v: 'a' }, 0, { port: 0 });
    harness.end();
    expect(harness.emitted.map(({ value }) => value)).toEqual([{ v: null, w: null }]);
  });

  it('of one name are refused, with a name for one of them', async () => {
    expect(await failureOf({ on, select: ['orders.v', 'users.v'] })).toBe(
      'node.select: orders.v and users.v are both called "v" (name one of them: users.v AS users_v)',
    );
  });

  it('must be of an input', async () => {
    expect(await failureOf({ on, select: ['v'] })).toMatch(
      /^node\.select:1:1: "v" is no input of the join \(write orders\.v, or whichever input it is of\)$/s,
    );
    expect(await failureOf({ on, select: ['order.v'] })).toMatch(/\(did you mean "orders"\?\)$/);
    expect(await failureOf({ on: `${on} AND $offset > 3` })).toMatch(/"\$offset" is of one record/);
  });
});

describe('what ties the inputs', () => {
  it('equals a timestamp that is known to be one, as in any expression', async () => {
    const minute = new Date(60_000);
    const shapes = [{ identity: [], fields: { user: 'time' as const } }, undefined];
    const keys = ['1970-01-01T00:01:00Z', 60_000, 60_000n, minute, 60_000.5, '60000', 'none', true, null];
    for (const on of ['orders.user = users.id', 'users.id = orders.user'])
      for (const way of [{ window: 5 }, { tumbling: 5 }, { as_of: true }]) {
        const harness = await Harness.of(joinOperator, {
          options: { ...way, on, select: ['users.id'] },
          inputs: ['orders', 'users'],
          shapes,
        });
        for (const [time, id] of keys.entries()) {
          harness.push({ id }, time * 10, { port: 1 });
          harness.push({ user: minute }, time * 10, { port: 0 });
        }
        harness.end();
        const equal = keys.slice(0, 4);
        // As of a later time, the newest that was equal is still the same.
        const met = harness.emitted.slice(0, equal.length).map(({ value }) => value.id);
        expect(met).toEqual(equal);
        if (!('as_of' in way)) expect(harness.emitted).toHaveLength(equal.length);
      }
  });

  it('equals a timestamp in each of several inputs that have one key', async () => {
    const shapes = [{ identity: [], fields: { at: 'time' as const } }, undefined, undefined];
    const settings = { inputs: ['w', 'b', 'c'], key: ['at'], shapes };
    const harness = await Harness.of(joinOperator, {
      options: { window: 5, join_type: 'full' },
      ...settings,
    });
    harness.push({ at: new Date(60_000), n: 1 }, 0, { port: 0 });
    for (const port of [1, 2]) {
      harness.push({ at: '1970-01-01T00:01:00Z', n: 2 }, 0, { port });
      harness.push({ at: 'no time', n: 3 }, 0, { port });
    }
    harness.end();
    const numbers = harness.emitted.map(({ value }) =>
      ['w', 'b', 'c'].map((name) => (value[name] as { n: number } | null)?.n ?? null),
    );
    expect(numbers).toHaveLength(2);
    expect(numbers).toEqual(
      expect.arrayContaining([
        [1, 2, 2],
        [null, 3, 3],
      ]),
    );
  });

  it('is of one type: a timestamp meets text, or a number, that is cast to one', async () => {
    const minute = new Date(60_000);
    for (const key of ['1970-01-01T00:01:00Z', '1970-01-01 01:01+01:00', 60_000])
      for (const way of [{ window: 5 }, { tumbling: 5 }, { as_of: true }])
        for (const [side, met] of [
          ['users.id', 0],
          ['CAST(users.id AS TIMESTAMP)', 1],
        ] as const) {
          const harness = await joinOf({ ...way, on: `orders.user = ${side}` });
          harness.push({ id: key }, 0, { port: 1 });
          harness.push({ user: minute }, 0, { port: 0 });
          harness.end();
          expect(harness.emitted).toHaveLength(met);
        }
  });

  it('must be equal for each of them', async () => {
    expect(await failureOf({ on: 'orders.user > users.id' })).toMatch(/nothing that is equal ties "users"/);
    expect(await failureOf({ on }, { inputs: ['orders', 'users', 'cities'] })).toMatch(/ties "cities"/);
    expect(await failureOf({})).toBe(
      'node.on: nothing says which rows belong together (for example orders.user_id = users.id, or a key that all inputs have)',
    );
  });

  it('may be a key that all have, which an input that met none has not', async () => {
    const settings = {
      options: { window: 5, join_type: 'full' },
      inputs: ['a', 'b', 'c'],
      key: ['id'],
    };
    const harness = await Harness.of(joinOperator, settings);
    harness.push({ id: 1 }, 0, { port: 1 });
    harness.push({ id: 1 }, 0, { port: 2 });
    harness.end();
    expect(harness.emitted.map(({ value }) => value)).toEqual([{ a: null, b: { id: 1 }, c: { id: 1 } }]);
    expect(await failureOf({}, { key: ['id + 1'] })).toMatch(/the key "id \+ 1" is no field/);
  });
});

describe('the inputs', () => {
  it('are two or more, each with a name of its own', async () => {
    expect(await failureOf({ on }, { inputs: ['orders'] })).toMatch(/this one only "orders"/);
    expect(await failureOf({ on }, { inputs: ['orders', 'orders'] })).toMatch(
      /two inputs are called "orders"/,
    );
    expect(await failureOf({ on, as: ['o'] })).toMatch(/^node\.as: there are 2 inputs and 1 names/);
  });

  it('may be one node twice, by two names', async () => {
    const options = { on: 'one.id = other.boss', as: ['one', 'other'], window: 5 };
    const harness = await Harness.of(joinOperator, { options, inputs: ['people', 'people'] });
    harness.push({ id: 1, boss: 1 }, 0, { port: 0 });
    harness.push({ id: 1, boss: 1 }, 0, { port: 1 });
    expect(harness.emitted).toHaveLength(1);
  });

  it('whose identities hold what parts them in results are told apart', async () => {
    const harness = await joinOf({ window: 5 });
    harness.push({ user: 1 }, 0, { port: 0, id: 'a&b' });
    harness.push({ user: 1 }, 0, { port: 0, id: 'a' });
    harness.push({ id: 1 }, 0, { port: 1, id: 'c' });
    harness.push({ id: 1 }, 0, { port: 1, id: 'b&c' });
    expect(new Set(harness.emitted.map(({ id }) => id)).size).toBe(4);
  });

  it('that take a result back are not joined with it', async () => {
    const harness = await joinOf({ window: 5 });
    harness.push({ user: 1 }, 0, { change: 'delete' });
    harness.push({ user: 1 }, 0, { final: false });
    harness.push(null, 0);
    harness.push({ id: 1 }, 0, { port: 1 });
    expect(harness.emitted).toEqual([]);
    expect(harness.passedOver).toHaveLength(3);
  });
});

describe('an event that can not be joined', () => {
  it('is refused alone, where its key or its time can not be read', async () => {
    const harness = await joinOf({ window: 5, on: 'orders.user + 1 = users.id' });
    harness.push({ user: 'x' }, 0);
    harness.push({ user: 1 }, null);
    harness.push({ user: 1 }, 0);
    harness.push({ id: 2 }, 0, { port: 1 });
    expect(harness.rejected.map(({ error }) => error.code)).toEqual(['type', 'time']);
    expect(harness.emitted).toHaveLength(1);
  });
});
