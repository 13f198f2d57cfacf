import { expect, test } from 'vitest';
import { Event, identityOf, type JsonObject, type Records } from '../../src/event.ts';
import { decodeRows, encodeRows } from '../../src/runtime/staged-rows.ts';

const record: Records = {
  partition: 'clicks/3',
  length: 5,
  text: () => 'as read',
  bytes: () => Buffer.from('as read'),
  size: () => 7,
  key: () => Buffer.from('key'),
  headers: () => ({ trace: Buffer.from('abc'), more: ['x', Buffer.from('y')] }),
  timestamp: () => 1234,
  offset: (index) => 100 + index,
  next: (index) => 101 + index,
  columns: ['id', 'n'],
};

function rowOf(value: JsonObject | null, token: bigint, id: string | null = null) {
  const event = new Event(value, 99, { source: 'in', records: record, readAt: 5 }, 4, id, 'delete', 2, false);
  return { event, token, isReplayed: value === null };
}

test('a staged row keeps its value, its identity, its token, its record and whether it is a dead letter', () => {
  const value = {
    big: 2n ** 70n,
    at: new Date(7),
    tags: ['a', null, { deep: true }],
    text: 'ä€😀\u0000',
    __proto__: null,
  };
  const chunks = encodeRows([rowOf(value, 2n ** 60n), rowOf(null, 7n, 'views/a/0')]);
  const [first, second] = chunks.flatMap(decodeRows);
  expect(first!.token).toBe(2n ** 60n);
  expect({ ...first!.event.value }).toEqual({ ...value });
  expect(identityOf(first!.event)).toBe('in:clicks/3:104');
  expect(first!.event).toMatchObject({ time: 99, change: 'delete', firing: 2, final: false });
  const { records } = first!.event.origin;
  const { index } = first!.event;
  expect(records.text(index)).toBe('as read');
  expect(Buffer.from(records.key(index)!).toString()).toBe('key');
  expect(Object.keys(records.headers(index))).toEqual(['trace', 'more']);
  expect(records.columns).toEqual(['id', 'n']);
  expect([records.timestamp(index), records.next(index), records.size(index)]).toEqual([1234, 105, 7]);
  expect([first!.isReplayed, second!.isReplayed]).toEqual([false, true]);
  expect([second!.event.value, identityOf(second!.event), second!.token]).toEqual([null, 'views/a/0', 7n]);
});

test('chunks are of half a megabyte, and in order', () => {
  const rows = Array.from({ length: 40 }, (_, n) => rowOf({ n, text: 'x'.repeat(100_000) }, BigInt(n)));
  const chunks = encodeRows(rows);
  expect(chunks.length).toBeGreaterThan(5);
  expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(512 * 1024);
  expect(chunks.flatMap(decodeRows).map(({ token }) => Number(token))).toEqual(rows.map((_, n) => n));
});
