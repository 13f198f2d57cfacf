import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Rejection } from '../../../src/component/sink.ts';
import type { Change, JsonObject } from '../../../src/event.ts';
import { sqliteSink } from '../../../src/sinks/sqlite/definition.ts';
import { eventsOf } from '../../contracts/events.ts';
import { temporaryFolder } from '../../contracts/folder.ts';
import { testSinkHost } from '../../contracts/host.ts';
import { InTransactions } from './joined.ts';

interface Setup {
  readonly identity?: readonly string[];
  readonly columns?: Readonly<Record<string, string>>;
  /** SQL that was run before. */
  readonly before?: string;
}

/** A sink into the table `t` of a fresh database, and a second connection that looks at it. */
async function setUp({ identity = [], columns, before }: Setup = {}) {
  const path = join(await temporaryFolder(), 'out.db');
  const database = new Sqlite(path);
  if (before !== undefined) database.exec(before);
  const options = sqliteSink.options.parse({ path, table: 't', columns });
  const context = { name: 'out', job: 'test', format: 'json' as const, identity };
  const joined = new InTransactions(await sqliteSink.buildJoined!(options, context));
  const sink = await sqliteSink.build(options, context);
  onTestFinished(async () => {
    await sink.close();
    await joined.close();
    database.close();
  });
  const write = async (values: readonly (JsonObject | null)[], change?: Change) =>
    codesOf(await sink.write(eventsOf(values, change), new AbortController().signal));
  return {
    sink,
    joined,
    write,
    open: () => sink.open(null, testSinkHost()),
    rows: (sql = 'SELECT * FROM t') => database.prepare(sql).all(),
    columns: () =>
      Object.fromEntries(
        database.prepare("SELECT name, type FROM pragma_table_info('t')").raw().all() as [string, string][],
      ),
  };
}

function codesOf(rejections: readonly Rejection[]): string[] {
  return rejections.map(({ index, error }) => `${index} ${error.code}: ${error.message}`);
}

describe('a table that is missing', () => {
  test('is made with a column for each field, typed by the values of the first batch', async () => {
    const { open, write, columns, rows } = await setUp({ identity: ['id'] });
    await open();
    await write([
      {
        id: 'a',
        count: 1,
        price: 2,
        ok: true,
        at: new Date(1000),
        tags: ['x'],
        big: 2n ** 60n,
        huge: 2n ** 70n,
        none: null,
      },
      { id: 'b', count: 2, price: 2.5, ok: false, at: null, tags: { a: [1] }, big: 1, huge: 1, none: null },
    ]);
    expect(columns()).toEqual({
      id: 'TEXT',
      count: 'INTEGER',
      price: 'REAL',
      ok: 'INTEGER',
      at: 'INTEGER',
      tags: 'TEXT',
      big: 'INTEGER',
      huge: 'TEXT',
    });
    expect(rows("SELECT *, CAST(big AS TEXT) AS big FROM t WHERE id = 'a'")).toEqual([
      {
        id: 'a',
        count: 1,
        price: 2,
        ok: 1,
        at: 1000,
        tags: '["x"]',
        big: '1152921504606846976',
        huge: '1180591620717411303424',
      },
    ]);
    expect(rows("SELECT tags, at, huge FROM t WHERE id = 'b'")).toEqual([
      { tags: '{"a":[1]}', at: null, huge: '1' },
    ]);
  });

  test('gets columns for fields that come later, in the same batch or another', async () => {
    const { open, write, columns, rows } = await setUp({ identity: ['id'] });
    await open();
    await write([{ id: 1 }, { id: 2, late: 'x' }]);
    await write([{ id: 3, later: 1.5 }]);
    expect(columns()).toEqual({ id: 'INTEGER', late: 'TEXT', later: 'REAL' });
    expect(rows()).toEqual([
      { id: 1, late: null, later: null },
      { id: 2, late: 'x', later: null },
      { id: 3, late: null, later: 1.5 },
    ]);
  });

  test('is typed by the rows that it takes, and not by those that are refused', async () => {
    const { open, write, columns, rows } = await setUp({ identity: ['id'] });
    await open();
    expect(
      await write([
        { v: 'first', x: 1 },
        { id: null, v: [] },
      ]),
    ).toEqual(['0 missing_key: the key field id is missing', '1 missing_key: the key field id is missing']);
    expect(columns()).toEqual({});
    expect(
      await write([
        { v: 'text', x: 1 },
        { id: 1, v: 2 },
        { id: 2, n: 1, N: 2 },
      ]),
    ).toEqual([
      '0 missing_key: the key field id is missing',
      '2 refused: the fields n and N would be one column in SQLite',
    ]);
    expect(columns()).toEqual({ id: 'INTEGER', v: 'INTEGER' });
    expect(
      await write([
        { id: 2, v: 'text', late: 'text' },
        { id: 3, v: 4, late: 5 },
      ]),
    ).toEqual(["0 type: the column v is INTEGER, the value is 'text'"]);
    expect(columns()).toEqual({ id: 'INTEGER', v: 'INTEGER', late: 'INTEGER' });
    expect(rows()).toEqual([
      { id: 1, v: 2, late: null },
      { id: 3, v: 4, late: 5 },
    ]);
  });

  test.each<[string, readonly JsonObject['v'][][], readonly unknown[]]>([
    ['whole, then not', [[1], [2.5]], [1, 2.5]],
    ['null first', [[null], [null, 1], [0.1]], [null, null, 1, 0.1]],
    ['whole and not at once', [[1, 2.5], [3]], [1, 2.5, 3]],
    ['beyond what a double holds', [[1], [2n ** 53n + 1n]], [1, '9007199254740993']],
    ['texts and numbers at once', [['a', 1, 2.5]], ['a', '1', '2.5']],
  ])('has a type that loses nothing of numbers that come as %s', async (_, batches, kept) => {
    const { open, write, rows } = await setUp({ identity: ['id'] });
    await open();
    let id = 0;
    for (const batch of batches) expect(await write(batch.map((v) => ({ id: id++, v })))).toEqual([]);
    const exact =
      "CASE WHEN typeof(v) = 'integer' AND abs(v) > 9007199254740992 THEN CAST(v AS TEXT) ELSE v END";
    expect(rows(`SELECT ${exact} AS v FROM t ORDER BY id`)).toEqual(kept.map((v) => ({ v })));
  });

  test('is made again when the transaction that made it was given up', async () => {
    const { open, joined, rows } = await setUp({ identity: ['id'] });
    await open();
    await joined.open();
    joined.rollBack(eventsOf([{ id: 1, a: 1 }]));
    expect(await joined.write(eventsOf([{ id: 1, a: 1 }]))).toEqual([]);
    joined.rollBack(eventsOf([{ id: 2, b: 1 }]));
    expect(await joined.write(eventsOf([{ id: 2, b: 1 }]))).toEqual([]);
    expect(rows()).toHaveLength(2);
  });

  test('takes names and values that look like SQL', async () => {
    const { open, write, rows } = await setUp();
    await open();
    const value = { 'a"b': "'; DROP TABLE t; --", select: 1, __proto__x: 2, toString: 'y', '': 'empty' };
    expect(await write([value, { 'a"b': 'z' }])).toEqual([]);
    expect(rows('SELECT "a""b", "select", "toString" FROM t')).toEqual([
      { 'a"b': "'; DROP TABLE t; --", select: 1, toString: 'y' },
      { 'a"b': 'z', select: null, toString: null },
    ]);
  });

  test('has the event identity as its key when no field is named', async () => {
    const { open, write, rows } = await setUp();
    await open();
    await write([{ a: 1 }, { a: 1 }]);
    await write([{ a: 1 }, { a: 2 }]);
    expect(rows()).toEqual([
      { _event_id: 'test:0:0', a: 1 },
      { _event_id: 'test:0:1', a: 2 },
    ]);
    expect(await write([{ a: 1, _event_id: 'mine' }])).toEqual([
      '0 refused: the field "_event_id" can\'t be a column of the table',
    ]);
  });
});

describe('a table that exists', () => {
  test('is upserted by its own key', async () => {
    const { open, write, rows } = await setUp({
      before:
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, made TEXT DEFAULT ('now')); INSERT INTO t VALUES (1, 5, NULL)",
    });
    await open();
    await write([
      { id: 1, n: 6 },
      { id: 2, n: 7 },
    ]);
    expect(rows()).toEqual([
      { id: 1, n: 6, made: 'now' },
      { id: 2, n: 7, made: 'now' },
    ]);
  });

  test('without a key is refused before anything is read', async () => {
    const { open } = await setUp({ before: 'CREATE TABLE t (a)' });
    await expect(open()).rejects.toThrow(
      expect.objectContaining({
        name: 'SpecError',
        message: expect.stringContaining('the table has no primary key'),
        place: expect.stringContaining('out.db#t'),
      }),
    );
  });

  test('whose key is another one is refused', async () => {
    const { open, write } = await setUp({ identity: ['a'], before: 'CREATE TABLE t (a, b PRIMARY KEY)' });
    await open();
    await expect(write([{ a: 1, b: 2 }])).rejects.toThrow(expect.objectContaining({ name: 'SpecError' }));
  });

  test('has fields in its columns whatever their case, but one field for each', async () => {
    const { open, write, rows } = await setUp({
      before: 'CREATE TABLE t (Id TEXT PRIMARY KEY, Name TEXT)',
      identity: ['Id'],
    });
    await open();
    expect(
      await write([
        { Id: 'a', name: 'x' },
        { Id: 'b', Name: 'y', NAME: 'z' },
      ]),
    ).toEqual(['1 refused: the fields Name and NAME would be one column in SQLite']);
    expect(rows()).toEqual([{ Id: 'a', Name: 'x' }]);
  });

  test('refuses rows that break its constraints, and takes the others', async () => {
    const { open, write, rows } = await setUp({
      before: 'CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL CHECK (n > 0), u UNIQUE)',
    });
    await open();
    const refused = await write([
      { id: 1, n: 1, u: 'x' },
      { id: 2, n: 0 },
      { id: 3 },
      { id: 4, n: 1, u: 'x' },
      { id: 5, n: 5 },
    ]);
    expect(refused).toEqual([
      '1 refused: CHECK constraint failed: n > 0',
      '2 refused: NOT NULL constraint failed: t.n',
      '3 refused: UNIQUE constraint failed: t.u',
    ]);
    expect(rows('SELECT id FROM t ORDER BY id')).toEqual([{ id: 1 }, { id: 5 }]);
  });
});

describe('a value that SQLite would change in silence', () => {
  test.each([
    ['INTEGER', '007'],
    ['INTEGER', 'x'],
    ['INTEGER', 2n ** 70n],
    ['REAL', 2n ** 53n + 1n],
    ['NUMERIC', '1e999'],
    ['REAL', [1]],
  ])('in a column %s: %s', async (type, value) => {
    const { open, write } = await setUp({ before: `CREATE TABLE t (id PRIMARY KEY, v ${type})` });
    await open();
    expect(await write([{ id: 1, v: value }])).toEqual([
      expect.stringMatching(`^0 type: the column v is ${type}`),
    ]);
  });

  test.each([
    ['INTEGER', '7', 7],
    ['INTEGER', 1.5, 1.5],
    ['REAL', 5, 5],
    ['TEXT', 5, '5'],
    ['TEXT', true, 'true'],
    ['TEXT', 2n ** 70n, '1180591620717411303424'],
    ['BLOB', 5, 5],
    ['', '007', '007'],
  ])('is kept in a column %s: %s', async (type, value, kept) => {
    const { open, write, rows } = await setUp({ before: `CREATE TABLE t (id PRIMARY KEY, v ${type})` });
    await open();
    expect(await write([{ id: 1, v: value }])).toEqual([]);
    expect(rows('SELECT v FROM t')).toEqual([{ v: kept }]);
  });
});

describe('with columns named', () => {
  test('just these are written, from paths too', async () => {
    const { open, write, columns, rows } = await setUp({
      identity: ['user.id'],
      columns: { user: 'user.id', city: 'user.address.city', gone: 'x.y' },
    });
    await open();
    await write([
      { user: { id: 1, address: { city: 'Bern' } }, other: 1 },
      { user: { id: 2, address: 'none' } },
    ]);
    expect(columns()).toEqual({ user: 'INTEGER', city: 'TEXT' });
    expect(rows()).toEqual([
      { user: 1, city: 'Bern' },
      { user: 2, city: null },
    ]);
  });
});

describe('keys', () => {
  test('that are missing or null are refused', async () => {
    const { open, write } = await setUp({ identity: ['id'] });
    await open();
    expect(await write([{ a: 1 }, { id: null }, { id: 3 }, null])).toEqual([
      '0 missing_key: the key field id is missing',
      '1 missing_key: the key field id is missing',
      expect.stringContaining('3 missing_key'),
    ]);
  });

  test('are found in a column whose name has another case', async () => {
    const before =
      "CREATE TABLE t (Id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'old'), (2, 'old')";
    const { open, write, rows } = await setUp({ identity: ['id'], before });
    await open();
    expect(await write([{ id: 1, v: 'new' }])).toEqual([]);
    expect(await write([{ id: 2 }], 'delete')).toEqual([]);
    expect(rows()).toEqual([{ Id: 1, v: 'new' }]);
  });

  test('tell which row a delete means', async () => {
    const { open, write, rows } = await setUp({ identity: ['a', 'b'] });
    await open();
    await write([
      { b: 1, a: 'x', v: 1 },
      { b: 2, a: 'x', v: 2 },
    ]);
    expect(await write([{ a: 'x', b: 1 }], 'delete')).toEqual([]);
    expect(rows('SELECT v FROM t')).toEqual([{ v: 2 }]);
  });
});
