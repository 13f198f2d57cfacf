import { expect, test } from 'vitest';
import {
  checkShape,
  createKeyspace,
  createTable,
  parseClustering,
} from '../../../src/sinks/cassandra/create.ts';
import { parseColumns } from '../../../src/sinks/cassandra/schema.ts';

const table = { keyspace: 'app', table: 'events' };
const columns = parseColumns('user_id text, ts timestamp, total int static');

test('a keyspace is created with a number of copies', () => {
  expect(createKeyspace('app', 3)).toBe(
    `CREATE KEYSPACE IF NOT EXISTS "app" WITH replication = {'class': 'SimpleStrategy', 'replication_factor': '3'}`,
  );
});

test('a keyspace is created with copies in each datacenter, whatever its name', () => {
  expect(createKeyspace('app', { "o'dc": 2 })).toBe(
    `CREATE KEYSPACE IF NOT EXISTS "app" WITH replication = {'class': 'NetworkTopologyStrategy', 'o''dc': '2'}`,
  );
});

test('a table is created with its key and its order', () => {
  const shape = { columns, partitionKey: ['user_id'], clusteringKey: [parseClustering('ts DESC')] };
  expect(createTable(table, shape)).toBe(
    'CREATE TABLE IF NOT EXISTS "app"."events" ("user_id" text, "ts" timestamp, "total" int STATIC, ' +
      'PRIMARY KEY (("user_id"), "ts")) WITH CLUSTERING ORDER BY ("ts" DESC)',
  );
});

test('names are quoted, whatever they hold', () => {
  const evil = parseColumns('"a"") --" int');
  const shape = { columns: evil, partitionKey: ['a") --'], clusteringKey: [] };
  expect(createTable(table, shape)).toContain('("a"") --" int, PRIMARY KEY (("a"") --")))');
});

test.each([
  [[], [], 'a table to create needs a partition key'],
  [['nope'], [], 'the key names column "nope", which the schema does not declare'],
  [['user_id'], ['user_id'], 'the key names column "user_id" twice'],
])('the key %j %j is refused: %s', (partitionKey, clustering, message) => {
  const shape = { columns, partitionKey, clusteringKey: clustering.map(parseClustering) };
  expect(() => checkShape(shape, 'sinks.table')).toThrow(message);
});
