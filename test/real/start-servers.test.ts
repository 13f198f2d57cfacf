import { Client, type types } from 'cassandra-driver';
import { Kafka, logLevel } from 'kafkajs';
import { expect, test } from 'vitest';
import { servers } from './servers.ts';
import { startServers } from './start-servers.ts';

test.runIf(servers)('a private Kafka can be killed, and comes back with its data', async () => {
  const own = await startServers({ names: ['kafka'] });
  try {
    const topics = () => topicsAt(own.kafka);
    await withAdmin(own.kafka, (admin) => admin.createTopics({ topics: [{ topic: 'kept' }] }));
    await own.kill('kafka');
    await expect(topics()).rejects.toThrow();
    await own.up('kafka');
    expect(await topics()).toContain('kept');
  } finally {
    await own.down();
  }
  await expect(topicsAt(own.kafka)).rejects.toThrow();
});

test.runIf(servers)('a private Cassandra can be stalled, and loses nothing when it is durable', async () => {
  const own = await startServers({ names: ['cassandra'], durable: true });
  try {
    await execute(own.cassandra, [
      "CREATE KEYSPACE kept WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
      'CREATE TABLE kept.rows (id int PRIMARY KEY)',
      'INSERT INTO kept.rows (id) VALUES (1)',
    ]);
    await own.pause('cassandra');
    await expect(execute(own.cassandra, ['SELECT * FROM kept.rows'])).rejects.toThrow();
    await own.resume('cassandra');
    await own.kill('cassandra');
    await own.up('cassandra');
    expect((await execute(own.cassandra, ['SELECT * FROM kept.rows']))?.rowLength).toBe(1);
  } finally {
    await own.down();
  }
});

type Admin = ReturnType<Kafka['admin']>;

async function withAdmin<T>(broker: string, action: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING, retry: { retries: 2 } }).admin();
  try {
    await admin.connect();
    return await action(admin);
  } finally {
    await admin.disconnect();
  }
}

function topicsAt(broker: string): Promise<string[]> {
  return withAdmin(broker, (admin) => admin.listTopics());
}

async function execute(
  contactPoint: string,
  statements: readonly string[],
): Promise<types.ResultSet | undefined> {
  const client = new Client({
    contactPoints: [contactPoint],
    localDataCenter: 'datacenter1',
    socketOptions: { connectTimeout: 5000, readTimeout: 20_000 },
  });
  try {
    let result: types.ResultSet | undefined;
    for (const statement of statements) result = await client.execute(statement);
    return result;
  } finally {
    await client.shutdown();
  }
}
