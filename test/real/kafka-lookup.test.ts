import { Kafka } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { kafkaConnectionSchema } from '../../src/clients/kafka/options.ts';
import { KafkaLookup } from '../../src/clients/lookup/kafka.ts';
import { systemClock } from '../../src/clock.ts';
import { createTopic, uniqueName } from './kafka.ts';
import { servers } from './servers.ts';

describe.runIf(servers)('a lookup in a topic', () => {
  const { kafka = '' } = servers ?? {};
  const host = { name: 'enrich', clock: systemClock, notice: () => {} };
  const lookupIn = (topic: string) =>
    new KafkaLookup({ ...kafkaConnectionSchema.parse({ brokers: [kafka] }), topic });

  test('finds the newest record of each key, none of a deleted one, and what comes later too', async () => {
    const topic = uniqueName('users');
    await createTopic(kafka, topic, 3);
    const producer = new Kafka({ brokers: [kafka], logLevel: 0 }).producer();
    await producer.connect();
    const put = (key: string, value: string | null) => producer.send({ topic, messages: [{ key, value }] });
    for (let user = 0; user < 50; user++) await put(`u${user}`, JSON.stringify({ city: `c${user}` }));
    await put('u1', '{"city": "new"}');
    await put('u2', null);
    await put('u3', 'no JSON');
    const lookup = lookupIn(topic);
    try {
      await lookup.open(host);
      expect(await lookup.find(['u0', 'u1', 'u2', 'u3', 'u49', 'u50', null])).toEqual([
        { city: 'c0' },
        { city: 'new' },
        null,
        { city: 'c3' },
        { city: 'c49' },
        null,
        null,
      ]);
      await put('u50', '{"city": "late"}');
      await expect.poll(() => lookup.find(['u50']), { timeout: 10_000 }).toEqual([{ city: 'late' }]);
    } finally {
      await producer.disconnect();
      await lookup.close();
    }
  });

  test('begins though the topic ends with the marks of transactions, and takes none that was aborted', async () => {
    const topic = uniqueName('users');
    await createTopic(kafka, topic, 1);
    const producer = new Kafka({ brokers: [kafka], logLevel: 0 }).producer({
      transactionalId: topic,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const lookup = lookupIn(topic);
    try {
      for (const [value, end] of [
        ['{"n": 1}', 'commit'],
        ['{"n": 2}', 'abort'],
      ] as const) {
        const transaction = await producer.transaction();
        await transaction.send({ topic, messages: [{ key: 'u', value }] });
        await transaction[end]();
      }
      await lookup.open(host);
      expect(await lookup.find(['u'])).toEqual([{ n: 1 }]);
    } finally {
      await producer.disconnect();
      await lookup.close();
    }
  });

  test('refuses a topic that is not there', async () => {
    await expect(lookupIn(uniqueName('nothing')).open(host)).rejects.toThrow('kafka has no topic');
  });
});
