import { expect, test } from 'vitest';
import { DataError } from '../../../src/errors.ts';
import type { JsonObject } from '../../../src/event.ts';
import { RowBinder } from '../../../src/sinks/cassandra/row.ts';
import { eventOf, tableOf } from './table.ts';

const table = tableOf('user text, ts int, value double, tags list<text>', ['user'], ['ts']);
const binder = new RowBinder(table, 0);

function bind(value: JsonObject | null) {
  return binder.bind(eventOf(value), 0, 5n);
}

const token = Buffer.from('0000000000000005', 'hex');

test('an upsert binds every column and the write token, and null for what is absent', () => {
  const row = bind({ user: 'a', ts: 1, other: true });
  expect(row.query).toBe(
    'INSERT INTO "app"."t" ("user", "ts", "value", "tags") VALUES (?, ?, ?, ?) USING TIMESTAMP ?',
  );
  expect(row.parameters).toEqual(['a', 1, null, null, token]);
});

test('a time to live is part of the statement', () => {
  const row = new RowBinder(table, 86_400).bind(eventOf({ user: 'a', ts: 1 }), 0, 5n);
  expect(row.query).toMatch(/ USING TIMESTAMP \? AND TTL 86400$/);
});

test('a delete binds the write token and the primary key', () => {
  const row = binder.bind(eventOf({ user: 'a', ts: 1, value: 'ignored' }, { change: 'delete' }), 0, 5n);
  expect(row.query).toBe('DELETE FROM "app"."t" USING TIMESTAMP ? WHERE "user" = ? AND "ts" = ?');
  expect(row.parameters).toEqual([token, 'a', 1]);
});

test.each([
  [{ ts: 1 }],
  [{ user: null, ts: 1 }],
  [null],
  [JSON.parse('{"__proto__": {"user": "a"}, "ts": 1}')],
])('%j has no value in the primary key', (value) => {
  expect(() => bind(value)).toThrow(
    new DataError('missing_key', 'column "user" is in the primary key, and field "user" has no value'),
  );
});

test('what does not fit names its column, and a collection its type', () => {
  expect(() => bind({ user: 'a', ts: 1, value: 'abc' })).toThrow(
    'column "value": expected double, got string "abc"',
  );
  expect(() => bind({ user: 'a', ts: 1, tags: [1] })).toThrow(
    'column "tags" (list<text>): expected text, got number 1',
  );
});

test('a column may be fed by a field inside another', () => {
  const nested = { ...table, others: [{ ...table.others[0]!, path: ['a', 'b'] }] };
  const at = (value: JsonObject) => new RowBinder(nested, 0).bind(eventOf(value), 0, 5n).parameters[2];
  expect(at({ user: 'u', ts: 1, a: { b: 1.5 } })).toBe(1.5);
  expect(at({ user: 'u', ts: 1, a: 'text' })).toBe(null);
  expect(at({ user: 'u', ts: 1, a: null })).toBe(null);
});

test('an inherited property is no field', () => {
  const inherited = { ...table, others: [{ ...table.others[0]!, path: ['constructor', 'length'] }] };
  expect(new RowBinder(inherited, 0).bind(eventOf({ user: 'u', ts: 1 }), 0, 5n).parameters[2]).toBe(null);
});

test('different keys are told apart, whatever text they hold', () => {
  const pair = new RowBinder(tableOf('a text, b text', ['a', 'b']), 0);
  const partition = (a: string, b: string) => pair.bind(eventOf({ a, b }), 0, 5n).partition;
  expect(partition('x', '1:y')).not.toBe(partition('x1:', 'y'));
  expect(partition('x', 'y')).toBe(partition('x', 'y'));
});

test('zero and minus zero are different keys', () => {
  const single = new RowBinder(tableOf('a double', ['a']), 0);
  const partition = (a: number) => single.bind(eventOf({ a }), 0, 5n).partition;
  expect(partition(-0)).not.toBe(partition(0));
});
