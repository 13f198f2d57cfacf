import { Client } from 'cassandra-driver';
import { Kafka, logLevel } from 'kafkajs';
import { expect, test } from 'vitest';
import { servers } from './servers.ts';

test.runIf(servers)('the servers of the tests are Kafka 4 and Cassandra 5.0', async () => {
  if (!servers) return;
  const admin = new Kafka({ brokers: [servers.kafka], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  expect((await admin.describeCluster()).brokers).toHaveLength(1);
  await admin.disconnect();

  const client = new Client({
    contactPoints: [servers.cassandra],
    localDataCenter: servers.localDatacenter,
  });
  const { rows } = await client.execute('SELECT release_version FROM system.local');
  await client.shutdown();
  expect(rows[0]?.release_version).toBe('5.0.9');
});
