import { type Client, types } from 'cassandra-driver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Value } from '../../src/event.ts';
import { eventOf } from '../sinks/cassandra/table.ts';
import { connectTo, openSink, uniqueKeyspace } from './cassandra.ts';
import { servers } from './servers.ts';

const uuid = '0f1e2d3c-0000-4000-8000-000000000001';
const timeUuid = 'd2177dd0-eaa2-11de-a572-001b779c76e3';

/** Type, the value in the event, and how the table's value reads as text. */
const roundTrips: readonly [string, Value, string][] = [
  ['text', 'née 🎉', 'née 🎉'],
  ['text', '', ''],
  ['varchar', 'v', 'v'],
  ['ascii', 'plain', 'plain'],
  ['int', -2147483648, '-2147483648'],
  ['smallint', 32767, '32767'],
  ['tinyint', -128, '-128'],
  ['bigint', 9007199254740993n, '9007199254740993'],
  ['bigint', -1, '-1'],
  ['bigint', '-9223372036854775808', '-9223372036854775808'],
  ['varint', 2n ** 200n, String(2n ** 200n)],
  ['varint', -129, '-129'],
  ['float', 1.5, '1.5'],
  ['double', 0.1, '0.1'],
  ['decimal', 12345.678, '12345.678'],
  ['decimal', '-0.10', '-0.10'],
  ['boolean', false, 'false'],
  ['uuid', uuid, uuid],
  ['timeuuid', timeUuid, timeUuid],
  ['timestamp', 1_700_000_000_123, '2023-11-14T22:13:20.123Z'],
  ['timestamp', '2024-02-29 13:30:05', '2024-02-29T13:30:05.000Z'],
  ['timestamp', new Date(-1), '1969-12-31T23:59:59.999Z'],
  ['date', '2024-02-29', '2024-02-29'],
  ['date', '1969-12-31', '1969-12-31'],
  ['time', '13:30:54.123456789', '13:30:54.123456789'],
  ['duration', '1h30m', '1h30m'],
  ['duration', 'P1Y2M3D', '1y2mo3d'],
  ['inet', '192.168.0.1', '192.168.0.1'],
  ['inet', 'fe80::1', 'fe80::1'],
  ['blob', '0xCAFE', 'yv4='],
  ['blob', 'yv4=', 'yv4='],
  ['list<int>', [3, 1, 3], '[3,1,3]'],
  ['list<int>', [], 'null'],
  ['set<text>', ['b', 'a', 'b'], '["a","b"]'],
  ['map<text,text>', JSON.parse('{"a":"1","__proto__":"2"}'), '[["__proto__","2"],["a","1"]]'],
  ['map<int, double>', { 2: 0.5 }, '[[2,0.5]]'],
  ['map<text, frozen<list<int>>>', { a: [1, 2], b: [] }, '[["a",[1,2]],["b",[]]]'],
  ['map<timestamp, boolean>', { '1000': true }, '[["1970-01-01T00:00:01.000Z",true]]'],
  ['frozen<list<int>>', [], '[]'],
  ['frozen<set<uuid>>', [uuid], `["${uuid}"]`],
  ['tuple<int, text, double>', [1, null, 0.5], '[1,null,0.5]'],
  ['vector<float, 3>', [1, 0.5, -2], '[1,0.5,-2]'],
  ['vector<text, 2>', ['a', 'bc'], '["a","bc"]'],
];

describe.runIf(servers)('every type of column', () => {
  const keyspace = uniqueKeyspace('types');
  const contactPoint = servers?.cassandra ?? '';
  let client: Client;

  beforeAll(async () => {
    client = await connectTo(contactPoint);
    await client.execute(
      `CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
    );
  });

  afterAll(async () => {
    await client.execute(`DROP KEYSPACE ${keyspace}`);
    await client.shutdown();
  });

  test('each value reads back as it was written', async () => {
    const schema = ['id int', ...roundTrips.map(([type], index) => `c${index} ${type}`)].join(', ');
    const { sink, write } = await openSink({
      contact_points: contactPoint,
      table: `${keyspace}.every_type`,
      create_table: true,
      schema,
      partition_key: 'id',
    });
    const value = Object.fromEntries(roundTrips.map(([, given], index) => [`c${index}`, given]));
    expect(await write([eventOf({ id: 1, ...value })])).toEqual([]);
    await sink.close();

    const row = (await client.execute(`SELECT * FROM ${keyspace}.every_type`)).first();
    for (const [index, [type, , expected]] of roundTrips.entries()) {
      expect(`${type} ${readable(row.get(`c${index}`))}`).toBe(`${type} ${expected}`);
    }
  });

  test('each scalar type may be a partition key, and the row is found by it', async () => {
    const scalars = roundTrips.filter(([type, given]) => !/[<]|duration/.test(type) && given !== '');
    for (const [index, [type, given]] of scalars.entries()) {
      const table = `${keyspace}.key${index}`;
      const options = { create_table: true, schema: `k ${type}, v int`, partition_key: 'k' };
      const { sink, write } = await openSink({ contact_points: contactPoint, table, ...options });
      expect(await write([eventOf({ k: given, v: 1 })])).toEqual([]);
      expect(await write([eventOf({ k: given }, { change: 'delete' })])).toEqual([]);
      await sink.close();
      expect((await client.execute(`SELECT * FROM ${table}`)).rowLength).toBe(0);
    }
  });

  test('a user-defined type takes the fields that an event has', async () => {
    await client.execute(
      `CREATE TYPE ${keyspace}.address (street text, "Number" int, tags frozen<set<text>>)`,
    );
    const { sink, write } = await openSink({
      contact_points: contactPoint,
      table: `${keyspace}.homes`,
      create_table: true,
      schema: 'id int, home frozen<"address">, others list<frozen<"address">>',
      partition_key: 'id',
    });
    const rejections = await write([
      eventOf({ id: 1, home: { street: 'Main', Number: 7 }, others: [{ tags: ['b', 'a'] }] }),
      eventOf({ id: 2, home: { street: 'Main', zip: 1 } }),
    ]);
    await sink.close();
    expect(rejections.map(({ error }) => error.message)).toEqual([
      'column "home" (frozen<address>): expected address without a field "zip", got an object',
    ]);
    const row = (await client.execute(`SELECT * FROM ${keyspace}.homes`)).first();
    expect(row.get('home')).toEqual({ street: 'Main', Number: 7, tags: null });
    expect(row.get('others')).toEqual([{ street: null, Number: null, tags: new Set(['a', 'b']) }]);
  });
});

function readable(value: unknown): string {
  const plain = plainOf(value);
  return typeof plain === 'string' ? plain : JSON.stringify(plain);
}

function plainOf(value: unknown): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (value instanceof Map) return [...value].map(([key, inner]) => [plainOf(key), plainOf(inner)]);
  if (value instanceof types.Tuple) return value.values().map(plainOf);
  if (value instanceof types.Vector) return Array.from(value as Iterable<unknown>, plainOf);
  if (value instanceof Set || Array.isArray(value)) return Array.from(value, plainOf);
  return String(value);
}
