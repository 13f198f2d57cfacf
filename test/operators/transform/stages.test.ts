import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import type { Outcome } from '../../../src/component/operator.ts';
import { DataError } from '../../../src/errors.ts';
import { Event, type JsonObject, type Records, type Value } from '../../../src/event.ts';
import { transformOperator } from '../../../src/operators/transform/definition.ts';
import { temporaryFolder } from '../../contracts/folder.ts';
import { Harness } from '../harness.ts';
import { build, transform } from './run.ts';

const host = { name: 'node', clock: systemClock, notice: () => {} };
const records = { partition: 'p', offset: (index: number) => index } as Records;

/** What becomes of events of these values in a single step that waits. */
async function through(step: unknown, values: readonly JsonObject[]): Promise<unknown[]> {
  const options = transformOperator.options.parse({ steps: [step] });
  const { stages = [] } = await transformOperator.build(options, build);
  const { name, stage } = stages[0]!;
  await stage.open?.(host);
  const events = values.map(
    (value, index) => new Event(value, index, { source: 'in', records, readAt: 0 }, index),
  );
  const outcomes = await stage.run(events, new AbortController().signal);
  await stage.close?.();
  return outcomes.map((outcome) => shown(outcome, name));
}

function shown(outcome: Outcome, step = ''): unknown {
  if (outcome instanceof DataError) return `${step}!${outcome.code}: ${outcome.message}`;
  if (outcome instanceof Event) return outcome.value;
  return outcome === null ? null : outcome.map(({ value }) => value);
}

async function file(name: string, text: string): Promise<string> {
  const path = join(await temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

describe('lookup', () => {
  const users = '{"id": 1, "city": "Bern"}\n{"id": 2, "city": "Kyiv"}\n{"id": 2, "city": "Lviv"}\n';

  it('puts the row of the key into the event; of two rows with one key the later one', async () => {
    const path = await file('users.jsonl', users);
    const step = { lookup: { into: 'user', key: 'u', via: 'file', path, by: 'id' } };
    expect(await through(step, [{ u: 1 }, { u: 2 }, { u: 3 }, { u: null }, { u: '1' }])).toEqual([
      { u: 1, user: { id: 1, city: 'Bern' } },
      { u: 2, user: { id: 2, city: 'Lviv' } },
      { u: 3, user: null },
      { u: null, user: null },
      { u: '1', user: null },
    ]);
  });

  it('finds a number in CSV, where all is text', async () => {
    const path = await file('users.csv', 'id,city\n1,Bern\n');
    const step = { lookup: { into: 'user.row', key: 'u', via: 'file', path, by: 'id' } };
    expect(await through(step, [{ u: 1 }])).toEqual([{ u: 1, user: { row: { id: '1', city: 'Bern' } } }]);
  });

  it('drops an event without a row, or refuses it with the name of the step', async () => {
    const path = await file('users.jsonl', users);
    const of = { into: 'user', key: 'u', via: 'file', path, by: 'id' };
    expect(await through({ lookup: { ...of, on_miss: 'drop' } }, [{ u: 9 }])).toEqual([null]);
    const refused = [{ u: 9 }, { u: [2n ** 64n] }];
    expect(await through({ name: 'who', lookup: { ...of, on_miss: 'dead_letter' } }, refused)).toEqual([
      'who!lookup: the lookup found no row for 9',
      'who!lookup: the lookup found no row for [18446744073709551616]',
    ]);
  });

  it('asks SQLite by the primary key, and remembers what it found', async () => {
    const path = join(await temporaryFolder(), 'users.db');
    const database = new Sqlite(path);
    database.exec(
      "CREATE TABLE users (id TEXT PRIMARY KEY, city TEXT); INSERT INTO users VALUES ('a', 'Oslo')",
    );
    const options = transformOperator.options.parse({
      steps: [{ lookup: { into: 'user', key: 'u', via: 'sqlite', path, table: 'users', ttl: '1h' } }],
    });
    const { stages = [] } = await transformOperator.build(options, build);
    const { stage } = stages[0]!;
    await stage.open?.(host);
    const event = new Event({ u: 'a' }, 0, { source: 'in', records, readAt: 0 }, 0);
    const look = async () => shown((await stage.run([event], new AbortController().signal))[0]!);
    expect(await look()).toEqual({ u: 'a', user: { id: 'a', city: 'Oslo' } });
    database.exec("UPDATE users SET city = 'Rome'");
    expect(await look()).toEqual({ u: 'a', user: { id: 'a', city: 'Oslo' } });
    await stage.close?.();
    database.close();
  });

  it('refuses only the event whose key no table can hold, and keeps large integers of SQLite exact', async () => {
    const path = join(await temporaryFolder(), 'users.db');
    const database = new Sqlite(path);
    database.exec(`CREATE TABLE users (id INTEGER PRIMARY KEY, account INTEGER, photo BLOB);
      INSERT INTO users VALUES (1, 9007199254740993, x'0102')`);
    database.close();
    const step = { lookup: { into: 'user', key: 'u', via: 'sqlite', path, table: 'users' } };
    const user = { id: 1, account: 9007199254740993n, photo: 'AQI=' };
    const refusal = '!lookup: nothing can be looked up by this key: it is no text and no number';
    const keys: Value[] = [1, 1.5, [1], { a: 1 }, 2n ** 70n, '1', true];
    expect(
      await through(
        step,
        keys.map((u) => ({ u })),
      ),
    ).toEqual([
      { u: 1, user },
      { u: 1.5, user: null },
      refusal,
      refusal,
      refusal,
      { u: '1', user },
      { u: true, user },
    ]);
  });

  it('leaves a SQLite file as it is', async () => {
    const path = join(await temporaryFolder(), 'users.db');
    const database = new Sqlite(path);
    database.exec('CREATE TABLE users (id INTEGER PRIMARY KEY)');
    await through({ lookup: { into: 'user', key: 'u', via: 'sqlite', path, table: 'users' } }, [{ u: 1 }]);
    expect(database.pragma('journal_mode', { simple: true })).toBe('delete');
    database.close();
  });

  it('refuses a file that is not there, and a row without the key', async () => {
    const step = (path: string) => ({ lookup: { into: 'user', key: 'u', via: 'file', path, by: 'id' } });
    await expect(through(step('/nowhere.jsonl'), [])).rejects.toThrow('there is no such file');
    const path = await file('users.jsonl', '{"city": "Bern"}\n');
    await expect(through(step(path), [])).rejects.toThrow('the row has no "id"');
  });
});

describe('module', () => {
  it('makes none, one or many events of each, sync or async, and letters of what it throws', async () => {
    const path = await file(
      'module.ts',
      `export async function transform(event: { n: number }) {
        if (event.n === 0) return null;
        if (event.n === 1) return { ...event, one: true };
        if (event.n === 2) return [{ part: 1 }, { part: 2 }];
        if (event.n === 3) throw new Error('three is too much');
        return 4;
      }`,
    );
    const values = [0, 1, 2, 3, 4].map((n) => ({ n }));
    expect(await through({ name: 'mine', module: path }, values)).toEqual([
      null,
      { n: 1, one: true },
      [{ part: 1 }, { part: 2 }],
      'mine!module: three is too much',
      'mine!module: the module must give an object, a list of them or nothing, not a number',
    ]);
  });

  it('takes a batch at once', async () => {
    const path = await file(
      'module.js',
      'export const transformBatch = (events) => events.map(({ n }) => ({ m: n + 1 }));',
    );
    expect(await through({ module: path }, [{ n: 1 }, { n: 2 }])).toEqual([{ m: 2 }, { m: 3 }]);
  });

  it('takes a batch at once, and refuses only the event of which it makes what is none', async () => {
    const path = await file(
      'module.js',
      'export const transformBatch = (events) => events.map((event) => event.n === 2 ? 5 : event);',
    );
    expect(await through({ module: path }, [{ n: 1 }, { n: 2 }, { n: 3 }])).toEqual([
      { n: 1 },
      '!module: the module must give an object, a list of them or nothing, not a number',
      { n: 3 },
    ]);
  });

  it.each([
    ['{ e }', "an event can't hold itself"],
    ['{ e: [e] }', "an event can't hold itself"],
    ['{ deep: deep(499) }', null],
    ['{ deep: deep(500) }', "an event can't be nested deeper than 500"],
    ['{ m: new Map() }', "an event can't hold a value of the class Map"],
    ['{ f() {} }', "an event can't hold a function"],
    ['new Set()', 'the module must give an object, a list of them or nothing, not a value of the class Set'],
    ['[{ n: 1 }, { f() {} }]', "an event can't hold a function"],
    ['[null]', 'the module must give an object, a list of them or nothing, not null'],
  ])('refuses an event that nothing behind it could take: %s', async (made, message) => {
    const path = await file(
      'module.js',
      `const deep = (depth) => depth === 0 ? 0 : [deep(depth - 1)];
       export function transform(e) {
         if (e.n !== 2) return e;
         const made = ${made};
         if (made.e !== undefined) e.back = made;
         return made;
       }`,
    );
    const [before, outcome, after] = await through({ module: path }, [{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect([before, after]).toEqual([{ n: 1 }, { n: 3 }]);
    if (message === null) expect(outcome).toHaveProperty('deep');
    else expect(outcome).toBe(`!module: ${message}`);
  });

  it('shares nothing with the module: not what it gets, not what it gives', async () => {
    const path = await file(
      'module.js',
      `const kept = { list: [] };
       export function transform(event) { event.list.push(event.n); kept.list.push(event.n); return kept; }`,
    );
    const values = [
      { n: 1, list: [] },
      { n: 2, list: [] },
    ];
    expect(await through({ module: path }, values)).toEqual([{ list: [1] }, { list: [1, 2] }]);
    expect(values.map(({ list }) => list)).toEqual([[], []]);
  });

  it('refuses a module that exports no such function, or is not there', async () => {
    const path = await file('module.js', 'export const other = 1;');
    await expect(through({ module: path }, [])).rejects.toThrow(
      'exports neither transform nor transformBatch',
    );
    await expect(through({ module: '/nowhere.js' }, [])).rejects.toThrow('there is no such module');
  });
});

describe('dedupe', () => {
  const dedupe = { dedupe: { key: ['user', 'page'], within: 10 } };

  it('passes on the first of each key within the time, and the next one after it', async () => {
    // The events have the times 0, 1, 2 …
    const values = Array.from({ length: 25 }, () => ({ user: 'u', page: 'p' }));
    const { filtered } = await transform([dedupe], values);
    expect(values.length - filtered.length).toBe(3);
  });

  it('tells keys apart by all their parts', async () => {
    const values = [
      { user: 'a', page: 'b' },
      { user: 'b', page: 'a' },
      { user: 'a', page: 'b' },
      { user: null, page: 'b' },
      { user: 'null', page: 'b' },
    ];
    const { emitted } = await transform([dedupe], values);
    expect(emitted).toEqual([values[0], values[1], values[3], values[4]]);
  });

  it('knows a repeat that comes after events of other keys, or before what was passed on', async () => {
    const passedOn = async (items: readonly (readonly [string, number])[]) => {
      const options = { steps: [{ dedupe: { key: 'k', within: '10s' } }] };
      const harness = await Harness.of(transformOperator, { options, delay: 3_600_000 });
      for (const [k, time] of items) harness.push({ k }, time);
      return harness.emitted.map(({ value, time }) => [value.k, time]);
    };
    const apart = [
      ['a', 0],
      ['b', 60_000],
    ] as const;
    expect(await passedOn([...apart, ['a', 1000]])).toEqual(apart);
    const backwards = [
      ['a', 100_000],
      ['a', 50_000],
    ] as const;
    expect(await passedOn([...backwards, ['a', 50_001], ['a', 60_000], ['a', 90_000]])).toEqual(backwards);
  });

  it('forgets keys that nobody can ask for any more', async () => {
    const states: { size: number }[] = [];
    const options = transformOperator.options.parse({ steps: [{ dedupe: { key: 'n', within: 10 } }] });
    const operator = await transformOperator.build(options, {
      ...build,
      state(id, type) {
        const state = build.state(id, type);
        states.push(state);
        return state;
      },
    });
    const context = { emit() {}, filtered() {}, reject() {} } as never;
    for (let n = 0; n < 10_000; n++) {
      operator.process(new Event({ n }, n, { source: 'in', records, readAt: 0 }, 0), context, 0);
      operator.advance?.(n - 1, context);
    }
    expect(states[0]!.size).toBeLessThan(50);
  });
});

it('rate_limit lets pass so many a second, and no more', async () => {
  let now = 0;
  const clock = {
    ...systemClock,
    elapsed: () => now,
    sleep: async (duration: number) => {
      now += duration;
    },
  };
  const options = transformOperator.options.parse({ steps: [{ rate_limit: 100 }] });
  const { stages = [] } = await transformOperator.build(options, build);
  const { stage } = stages[0]!;
  await stage.open?.({ ...host, clock });
  expect(stage.batch).toBe(5);
  const event = new Event({}, 0, { source: 'in', records, readAt: 0 }, 0);
  for (let batch = 0; batch < 40; batch++)
    await stage.run(Array(5).fill(event), new AbortController().signal);
  expect(now).toBe(1950);
});
