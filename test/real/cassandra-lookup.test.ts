import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { cassandraConnection } from '../../src/clients/cassandra/options.ts';
import { CassandraLookup } from '../../src/clients/lookup/cassandra.ts';
import { systemClock } from '../../src/clock.ts';
import { DataError } from '../../src/errors.ts';
import type { Value } from '../../src/event.ts';
import { connectTo, uniqueKeyspace } from './cassandra.ts';
import { servers } from './servers.ts';

const connection = z.object(cassandraConnection);

describe.runIf(servers)('a lookup in a table of Cassandra', () => {
  const { cassandra = '' } = servers ?? {};
  const host = { name: 'enrich', clock: systemClock, notice: () => {} };

  async function tableOf(columns: string, ...rows: string[]): Promise<string> {
    const client = await connectTo(cassandra);
    const keyspace = uniqueKeyspace('lookup');
    await client.execute(
      `CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
    );
    await client.execute(`CREATE TABLE ${keyspace}.t (${columns})`);
    for (const row of rows) await client.execute(`INSERT INTO ${keyspace}.t ${row}`);
    await client.shutdown();
    return `${keyspace}.t`;
  }

  async function find(table: string, keys: readonly Value[], by?: string): Promise<unknown[]> {
    const options = connection.parse({ contact_points: [cassandra] });
    const lookup = new CassandraLookup({ ...options, table, by });
    try {
      await lookup.open(host);
      const found = await lookup.find(keys);
      return found.map((row) => (row instanceof DataError ? `!${row.code}` : row));
    } finally {
      await lookup.close();
    }
  }

  test.each([
    ['int', [1, '1', 1.5, 'x', [1], 1e10], [true, true, null, null, null, '!lookup']],
    ['bigint', [1, '1', 9007199254740993n, 1.5, true], [true, true, null, null, null]],
    ['text', ['1', 1, 'x'.repeat(70_000), ''], [true, '!lookup', '!lookup', '!lookup']],
  ])('by a key of type %s refuses only the events whose keys do not fit it', async (type, keys, expected) => {
    const table = await tableOf(`k ${type} PRIMARY KEY, v int`, `(k, v) VALUES (${keyOf(type)}, 7)`);
    const found = await find(table, keys);
    expect(found.map((row) => (row === null || typeof row === 'string' ? row : true))).toEqual(expected);
  });

  test('gives all columns as an event holds them', async () => {
    const table = await tableOf(
      'k text PRIMARY KEY, big bigint, at timestamp, tags set<text>',
      "(k, big, at, tags) VALUES ('a', 9007199254740993, '2026-01-02T03:04:05Z', {'x', 'y'})",
    );
    expect(await find(table, ['a'])).toEqual([
      { k: 'a', big: 9007199254740993n, at: new Date('2026-01-02T03:04:05Z'), tags: ['x', 'y'] },
    ]);
  });

  test('refuses at the start what would search the whole table', async () => {
    const table = await tableOf('a text, b text, v int, PRIMARY KEY ((a, b))');
    await expect(find(table, [])).rejects.toThrow('nothing can be looked up by "a"');
    await expect(find(table, [], 'v')).rejects.toThrow('nothing can be looked up by "v"');
    await expect(find(table, [], 'w')).rejects.toThrow('the table has no column "w"');
    await expect(find(`${table}x`, [])).rejects.toThrow('there is no such table');
  });

  test('takes a column with an index', async () => {
    const table = await tableOf('k int PRIMARY KEY, mail text', "(k, mail) VALUES (1, 'a@b')");
    const client = await connectTo(cassandra);
    await client.execute(`CREATE INDEX ON ${table} (mail)`);
    await client.shutdown();
    await expect
      .poll(() => find(table, ['a@b'], 'mail'), { timeout: 10_000 })
      .toEqual([{ k: 1, mail: 'a@b' }]);
  });
});

function keyOf(type: string): string {
  return type === 'text' ? "'1'" : '1';
}
