import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SqliteTransaction } from '../../../src/clients/sqlite.ts';
import { type Change, Event, type Value } from '../../../src/event.ts';
import { writeRows } from '../../../src/sinks/sqlite/rows.ts';
import { eventsOf } from '../../contracts/events.ts';

interface Row {
  readonly id: Value;
  readonly v: Value;
  readonly change?: Change;
}

/** Writes the rows as one batch to the table `t`, after the SQL in `before`; tells which were refused, and the table. */
function written(rows: readonly Row[], before?: string) {
  const database = new Sqlite(':memory:');
  if (before !== undefined) database.exec(before);
  const events = eventsOf(rows.map(({ id, v }) => ({ id, v }))).map(
    (event, index) => new Event(event.value, null, event.origin, index, null, rows[index]!.change),
  );
  const options = { place: 't', table: 't', columns: undefined, identity: ['id'] };
  const rejections = database.transaction(() =>
    writeRows(options, events, new SqliteTransaction(database)),
  )();
  return {
    refused: rejections.map(({ index }) => index),
    rows: database.prepare('SELECT id, v FROM t ORDER BY id').all(),
    all: (sql: string) => database.prepare(sql).pluck().all(),
  };
}

/** The same, one statement a row, in the order in which they come. */
function oneByOne(rows: readonly Row[], before: string) {
  const database = new Sqlite(':memory:');
  database.exec(before);
  const upsert = database.prepare(
    'INSERT INTO t VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET v = excluded.v',
  );
  const remove = database.prepare('DELETE FROM t WHERE id = ?');
  const refused: number[] = [];
  rows.forEach(({ id, v, change }, index) => {
    try {
      if (change === 'delete') remove.run(id);
      else upsert.run(id, v);
    } catch {
      refused.push(index);
    }
  });
  return { refused, rows: database.prepare('SELECT id, v FROM t ORDER BY id').all() };
}

const row = (id: fc.Arbitrary<Value>): fc.Arbitrary<Row> =>
  fc.record({
    id,
    v: fc.nat(100),
    change: fc.constantFrom<Change[]>('upsert', 'upsert', 'upsert', 'upsert', 'delete'),
  });

describe('a batch leaves the table as if its rows were written one by one', () => {
  const tables: readonly (readonly [string, string, fc.Arbitrary<Value>])[] = [
    [
      'with texts as keys',
      'CREATE TABLE t (id TEXT PRIMARY KEY, v INTEGER)',
      fc.constantFrom('a', 'b', 'C', 'ä'),
    ],
    [
      'with numbers as keys',
      'CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)',
      fc.integer({ min: -5, max: 5 }),
    ],
    [
      "where 5 and '5' are one key",
      'CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)',
      fc.constantFrom<Value>(5, '5', 4),
    ],
    [
      'with keys of any type',
      'CREATE TABLE t (id PRIMARY KEY, v INTEGER)',
      fc.constantFrom<Value>(5, 'a', 4, 'b', 9),
    ],
    [
      'that ignores case',
      'CREATE TABLE t (id TEXT COLLATE NOCASE PRIMARY KEY, v INTEGER)',
      fc.constantFrom('a', 'A', 'b'),
    ],
    [
      'that refuses some',
      'CREATE TABLE t (id TEXT PRIMARY KEY, v INTEGER CHECK (v < 95))',
      fc.constantFrom('a', 'b', 'c'),
    ],
    [
      "where rows stand in each other's way",
      'CREATE TABLE t (id TEXT PRIMARY KEY, v INTEGER UNIQUE)',
      fc.constantFrom('a', 'b', 'c'),
    ],
  ];
  test.each(tables)('%s', (_, table, id) => {
    fc.assert(
      fc.property(fc.array(row(id), { minLength: 40, maxLength: 160 }), (rows) => {
        const { refused, rows: left } = written(rows, table);
        expect({ refused, rows: left }).toEqual(oneByOne(rows, table));
      }),
      { numRuns: 15 },
    );
  });
});

const ids = ['c', 'a', 'b'];
const many = Array.from({ length: 120 }, (_, index) => ({ id: `${ids[index % 3]}${index}`, v: index }));

test('a table of its own is written in the order of the keys', () => {
  const { all } = written(many);
  expect(all('SELECT id FROM t ORDER BY rowid')).toEqual(many.map(({ id }) => id).sort());
});

test('the later of two rows stays, also among keys that have no order', () => {
  const rows = ['a', 2, 1, 9, 'a', 4, 4].map((id, v) => ({ id, v }));
  const table = 'CREATE TABLE t (id PRIMARY KEY, v INTEGER)';
  expect(written(rows, table).rows).toEqual(oneByOne(rows, table).rows);
});

test('a trigger sees the rows in the order in which they came', () => {
  const { all } = written(
    many,
    `CREATE TABLE t (id TEXT PRIMARY KEY, v INTEGER); CREATE TABLE log (id TEXT);
     CREATE TRIGGER seen AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.id); END`,
  );
  expect(all('SELECT id FROM log ORDER BY rowid')).toEqual(many.map(({ id }) => id));
});
