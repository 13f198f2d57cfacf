import { randomUUID } from 'node:crypto';
import type { Admin, Transaction } from 'kafkajs';
import { compressionTypes } from '../../src/clients/kafka/codecs.ts';
import { connectKafka, withAdmin } from '../../src/clients/kafka/connect.ts';
import { Partitioners } from '../../src/clients/kafka/kafkajs.ts';
import { type Compression, kafkaConnectionSchema } from '../../src/clients/kafka/options.ts';
import { createTopic as createKafkaTopic } from '../../src/clients/kafka/topics.ts';
import { systemClock } from '../../src/clock.ts';

export interface Written {
  readonly key?: string | null;
  readonly value: string | Buffer | null;
  readonly partition?: number;
  readonly headers?: Record<string, string>;
  readonly timestamp?: string;
}

/** A name that no other test has. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomUUID().slice(0, 8)}`;
}

function kafkaAt(brokers: string) {
  return connectKafka(kafkaConnectionSchema.parse({ brokers }), 'test', systemClock);
}

export async function withKafkaAdmin<Result>(brokers: string, use: (admin: Admin) => Promise<Result>) {
  return withAdmin(await kafkaAt(brokers), 30_000, use);
}

export async function createTopic(
  brokers: string,
  topic: string,
  numPartitions = 1,
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  await withKafkaAdmin(brokers, (admin) =>
    createKafkaTopic(admin, { topic, numPartitions, configEntries }, systemClock),
  );
}

/** Writes all of it, `perBatch` records to a batch. */
export async function produce(
  brokers: string,
  topic: string,
  records: readonly Written[],
  { compression = 'none' as Compression, perBatch = 500 } = {},
): Promise<void> {
  const { kafka } = await kafkaAt(brokers);
  // Without idempotence, one partition that is not ready yet makes its neighbours' records be written twice.
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent: true });
  await producer.connect();
  for (let start = 0; start < records.length; start += perBatch) {
    const messages = records.slice(start, start + perBatch);
    await producer.send({ topic, messages, compression: compressionTypes[compression] });
  }
  await producer.disconnect();
}

/** Writes each list of values as one transaction, and commits it or not. */
export async function produceTransaction(
  brokers: string,
  topic: string,
  values: readonly string[],
  end: 'commit' | 'abort',
): Promise<void> {
  const { producer, transaction } = await beginTransaction(brokers);
  await transaction.send({ topic, messages: values.map((value) => ({ value })) });
  await transaction[end]();
  await producer.disconnect();
}

/** A transaction that has committed these offsets of a group, as soon as it is committed itself. */
export async function openTransaction(
  brokers: string,
  { group, topics }: { group: string; topics: Parameters<Transaction['sendOffsets']>[0]['topics'] },
): Promise<{ commit(): Promise<void> }> {
  const { producer, transaction } = await beginTransaction(brokers);
  await transaction.sendOffsets({ consumerGroupId: group, topics });
  return {
    async commit() {
      await transaction.commit();
      await producer.disconnect();
    },
  };
}

async function beginTransaction(brokers: string) {
  const { kafka } = await kafkaAt(brokers);
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    transactionalId: uniqueName('transaction'),
    idempotent: true,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  return { producer, transaction: await producer.transaction() };
}

/** Deletes the records of partition 0 before `offset`, as retention would. */
export function deleteRecordsBefore(brokers: string, topic: string, offset: number): Promise<void> {
  return withKafkaAdmin(brokers, async (admin) => {
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
  });
}

/** `count` values `prefix-0`, `prefix-1` … */
export function numbered(count: number, prefix = 'v'): { value: string }[] {
  return Array.from({ length: count }, (_, index) => ({ value: `${prefix}-${index}` }));
}
