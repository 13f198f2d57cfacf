import type { Client } from 'cassandra-driver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SpecError, UnreachableError } from '../../src/errors.ts';
import { eventOf } from '../sinks/cassandra/table.ts';
import { connectTo, nextToken, openSink, uniqueKeyspace } from './cassandra.ts';
import { servers } from './servers.ts';

describe.runIf(servers)('the Cassandra sink', () => {
  const keyspace = uniqueKeyspace('sink');
  const contactPoint = servers?.cassandra ?? '';
  const events = {
    contact_points: contactPoint,
    create_table: true,
    schema: 'user text, ts timestamp, value double, note text',
    partition_key: 'user',
    clustering_key: 'ts desc',
  };
  let client: Client;

  beforeAll(async () => {
    client = await connectTo(contactPoint);
  });

  afterAll(async () => {
    await client.execute(`DROP KEYSPACE IF EXISTS ${keyspace}`);
    await client.shutdown();
  });

  async function rowsOf(table: string, columns = '*') {
    const { rows } = await client.execute(`SELECT ${columns} FROM ${keyspace}.${table}`);
    return rows.map((row) => Object.fromEntries(row.keys().map((name) => [name, row.get(name)])));
  }

  test('keyspace and table are created, and used as they are the next time', async () => {
    const table = `${keyspace}.created`;
    const first = await openSink({ ...events, table });
    await first.write([eventOf({ user: 'a', ts: 1, value: 1 })]);
    await first.sink.close();
    const second = await openSink({ ...events, table });
    await second.write([eventOf({ user: 'a', ts: 2, value: 2 })]);
    await second.sink.close();
    expect((await rowsOf('created', 'value')).map(({ value }) => value)).toEqual([2, 1]);
  });

  test('of a hundred rows a bad one is rejected by its index, and the others are written', async () => {
    const { sink, write } = await openSink({ ...events, table: `${keyspace}.hundred` });
    const batch = Array.from({ length: 100 }, (_, i) =>
      eventOf({ user: `u${i % 7}`, ts: i, value: i === 42 ? 'abc' : i }),
    );
    expect((await write(batch)).map(({ index, error }) => `${index} ${error.code} ${error.message}`)).toEqual(
      ['42 type column "value": expected double, got string "abc"'],
    );
    await sink.close();
    expect(await rowsOf('hundred')).toHaveLength(99);
  });

  test('a row that only the server refuses is rejected alone, though it shared a request', async () => {
    const { sink, write } = await openSink({
      ...events,
      table: `${keyspace}.refused`,
      schema: 'user text, ts text',
      clustering_key: 'ts',
    });
    const tooLong = 'x'.repeat(70_000);
    const batch = ['a', tooLong, 'b'].map((ts) => eventOf({ user: 'u', ts }));
    expect((await write(batch)).map(({ index, error }) => `${index} ${error.code}`)).toEqual(['1 refused']);
    await sink.close();
    expect((await rowsOf('refused', 'ts')).map(({ ts }) => ts)).toEqual(['a', 'b']);
  });

  test('the last of several upserts of one row stays, and a null overwrites', async () => {
    const { sink, write } = await openSink({ ...events, table: `${keyspace}.coalesced` });
    expect(
      await write([
        eventOf({ user: 'a', ts: 1, value: 1, note: 'first' }),
        eventOf({ user: 'b', ts: 1, value: 1 }),
        eventOf({ user: 'a', ts: 1, value: 2 }),
      ]),
    ).toEqual([]);
    await sink.close();
    expect((await rowsOf('coalesced', 'user, value, note')).sort(byUser)).toEqual([
      { user: 'a', value: 2, note: null },
      { user: 'b', value: 1, note: null },
    ]);
  });

  test('a delete removes the row, and what is written after it in the same batch stays', async () => {
    const { sink, write } = await openSink({ ...events, table: `${keyspace}.deleted` });
    await write([
      eventOf({ user: 'a', ts: 1, value: 1 }),
      eventOf({ user: 'b', ts: 1, value: 1, note: 'old' }),
    ]);
    await write([
      eventOf({ user: 'a', ts: 1 }, { change: 'delete' }),
      eventOf({ user: 'b', ts: 1 }, { change: 'delete' }),
      eventOf({ user: 'b', ts: 1, value: 2 }),
    ]);
    await sink.close();
    expect(await rowsOf('deleted', 'user, value, note')).toEqual([{ user: 'b', value: 2, note: null }]);
  });

  test('an older token never overwrites a newer one', async () => {
    const newer = nextToken();
    let token = newer;
    const { sink, write } = await openSink({ ...events, table: `${keyspace}.tokens` }, () => token);
    await write([eventOf({ user: 'a', ts: 1, value: 2 })]);
    token = newer - 1n;
    await write([eventOf({ user: 'a', ts: 1, value: 1 })]);
    await write([eventOf({ user: 'a', ts: 1 }, { change: 'delete' })]);
    await sink.close();
    expect(await rowsOf('tokens', 'value, writetime(value) AS written')).toEqual([
      { value: 2, written: newer },
    ]);
  });

  test('rows expire after their time to live', async () => {
    const { sink, write } = await openSink({ ...events, table: `${keyspace}.expiring`, ttl: '1d' });
    await write([eventOf({ user: 'a', ts: 1, value: 1 })]);
    await sink.close();
    const [row] = await rowsOf('expiring', 'ttl(value) AS ttl');
    expect(row?.ttl).toBeGreaterThan(86_000);
    expect(row?.ttl).toBeLessThanOrEqual(86_400);
  });

  test('columns are fed from other fields, also from inside objects', async () => {
    const options = { ...events, table: `${keyspace}.mapped`, columns: { user: 'user.id', note: 'comment' } };
    const { sink, write } = await openSink(options);
    await write([eventOf({ user: { id: 'a' }, ts: 1, value: 1, comment: 'hello' })]);
    await sink.close();
    expect(await rowsOf('mapped', 'user, note')).toEqual([{ user: 'a', note: 'hello' }]);
  });

  test('a list that is written again does not grow', async () => {
    const options = {
      ...events,
      table: `${keyspace}.lists`,
      schema: 'user text, tags list<text>',
      clustering_key: undefined,
    };
    const { sink, write } = await openSink(options);
    expect(sink.concurrency).toBe(1);
    for (let i = 0; i < 3; i++) await write([eventOf({ user: 'a', tags: ['x', 'y'] })]);
    await sink.close();
    expect(await rowsOf('lists')).toEqual([{ user: 'a', tags: ['x', 'y'] }]);
  });

  test('the results of a window are keyed by their key and ordered by its start', async () => {
    const options = { contact_points: contactPoint, table: `${keyspace}.windows`, create_table: true };
    const schema = 'page text, window_start timestamp, views bigint';
    const { sink, write } = await openSink({ ...options, schema }, nextToken, ['page', 'window_start']);
    await write([
      eventOf({ page: '/', window_start: 0, views: 2 }),
      eventOf({ page: '/', window_start: 300_000, views: 3 }),
    ]);
    await sink.close();
    const { partitionKeys, clusteringKeys } = await client.metadata.getTable(keyspace, 'windows');
    expect([partitionKeys, clusteringKeys].map((columns) => columns.map(({ name }) => name))).toEqual([
      ['page'],
      ['window_start'],
    ]);
  });

  test('thousands of rows in overlapping writes all arrive', async () => {
    const { sink, write } = await openSink({ ...events, table: `${keyspace}.many` });
    const batches = Array.from({ length: 8 }, (_, b) =>
      Array.from({ length: 1000 }, (_, i) => eventOf({ user: `u${i % 300}`, ts: b * 1000 + i, value: i })),
    );
    expect((await Promise.all(batches.map(write))).flat()).toEqual([]);
    await sink.close();
    expect(await rowsOf('many', 'COUNT(*) AS count')).toEqual([{ count: 8000n }]);
  });

  test('names keep their case, whatever they hold', async () => {
    const options = {
      ...events,
      table: `${keyspace}.Named`,
      schema: { userId: 'text', 'select "x"': 'int' },
    };
    const { sink, write } = await openSink({
      ...options,
      partition_key: 'userId',
      clustering_key: undefined,
    });
    await write([eventOf({ userId: 'a', 'select "x"': 1 })]);
    await sink.close();
    expect(await rowsOf('"Named"')).toEqual([{ userId: 'a', 'select "x"': 1 }]);
  });

  describe('is refused at the start', () => {
    beforeAll(async () => {
      const { sink } = await openSink({ ...events, table: `${keyspace}.there` });
      await sink.close();
      await client.execute(`CREATE TABLE ${keyspace}.counters (page text PRIMARY KEY, views counter)`);
    });

    test.each([
      ['a missing table', { table: 'missing', create_table: false }, /there is no table sink_\w+\.missing/],
      [
        'a table to create without a schema',
        { table: 'new', schema: undefined },
        /create_table needs the columns/,
      ],
      [
        'a table to create without a key',
        { table: 'new', partition_key: undefined },
        /needs a partition key/,
      ],
      [
        'a type that the server does not know',
        { table: 'new', schema: 'user text, ts "odd"' },
        /answers: Unknown type/,
      ],
      [
        'another type',
        { table: 'there', schema: 'user text, ts timestamp, value int' },
        /has column "value" as double, not int/,
      ],
      [
        'another column',
        { table: 'there', schema: 'user text, ts timestamp, other int' },
        /has no column "other"/,
      ],
      [
        'another key',
        { table: 'there', clustering_key: undefined },
        /with PRIMARY KEY \(\(user\), ts\), not \(\(user\)\)/,
      ],
      [
        'a mapped column that is not there',
        { table: 'there', columns: { usr: 'user' } },
        /has no column "usr"/,
      ],
      ['a table of counters', { table: 'counters', create_table: false }, /is a counter table/],
    ])('%s', async (_name, options, message) => {
      const opening = openSink({ ...events, ...options, table: `${keyspace}.${options.table}` });
      await expect(opening).rejects.toThrow(SpecError);
      await expect(opening).rejects.toThrow(message);
    });

    test('a datacenter that the cluster does not have', async () => {
      const opening = openSink({ ...events, table: `${keyspace}.there`, local_dc: 'nowhere' });
      await expect(opening).rejects.toMatchObject({
        name: 'SpecError',
        hint: expect.stringContaining('datacenter1'),
      });
    });

    test('a server that is not there', async () => {
      const opening = openSink({ ...events, contact_points: '127.0.0.1:1', table: 'ks.t' });
      await expect(opening).rejects.toThrow(UnreachableError);
      await expect(opening).rejects.toThrow(/connection refused/);
    });
  });
});

function byUser(one: Record<string, unknown>, other: Record<string, unknown>): number {
  return String(one.user).localeCompare(String(other.user));
}
