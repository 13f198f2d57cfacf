import { describe, expect, test } from 'vitest';
import { compressions } from '../../src/clients/kafka/options.ts';
import { systemClock } from '../../src/clock.ts';
import type { SinkHost } from '../../src/component/sink.ts';
import type { JsonObject } from '../../src/event.ts';
import { kafkaSinkOptions } from '../../src/sinks/kafka/options.ts';
import { KafkaSink } from '../../src/sinks/kafka/sink.ts';
import { createTopic, uniqueName, withKafkaAdmin } from './kafka.ts';
import { eventOf } from './kafka-events.ts';
import { servers } from './servers.ts';
import { SourceRunner } from './source-runner.ts';

const signal = new AbortController().signal;

describe.runIf(servers)('a Kafka sink', () => {
  const brokers = servers?.kafka ?? '';
  const notices: string[] = [];
  const host = { clock: systemClock, notice: (line: string) => notices.push(line) } as unknown as SinkHost;

  async function opened(options: Readonly<Record<string, unknown>>, identity: readonly string[] = []) {
    const context = { name: 'out', job: 'test', format: 'json' as const, identity };
    const sink = new KafkaSink(kafkaSinkOptions.parse({ brokers, ...options }), context);
    await sink.open(null, host);
    return sink;
  }

  async function contentOf(topic: string) {
    const options = { brokers, topics: topic, group: uniqueName('group'), offset: 'earliest' };
    return (await (await new SourceRunner(options, { exitAtEnd: true }).start()).end()).got;
  }

  test.each(compressions)(
    'writes events with codec %s, each once, into a topic that it creates',
    async (compression) => {
      const topic = uniqueName('made');
      const sink = await opened({ topic, compression });
      const events = Array.from({ length: 2500 }, (_, id) => eventOf({ id, text: 'ä€😀' }));
      expect(await sink.write(events, signal)).toEqual([]);
      await sink.close();

      expect(notices).toContain(`kafka: created topic ${topic}`);
      const ids = (await contentOf(topic)).map(({ text }) => (JSON.parse(text ?? '') as { id: number }).id);
      expect(ids.sort((a, b) => a - b)).toEqual(events.map((_, id) => id));
    },
  );

  test('keys a record by its identity, where Java would put it, and a delete is a tombstone', async () => {
    const topic = uniqueName('keyed');
    await createTopic(brokers, topic, 6);
    const sink = await opened({ topic, headers: { trace: 'meta.trace', none: 'nothing' } }, ['user']);
    const value = { user: 'alice', meta: { trace: 12 } };
    await sink.write([eventOf(value), eventOf({ user: 'alice' }, { change: 'delete' })], signal);
    await sink.close();

    const got = await contentOf(topic);
    expect(got.map(({ key, headers, text }) => ({ key, headers, text }))).toEqual([
      { key: 'alice', headers: { trace: '12' }, text: JSON.stringify(value) },
      { key: 'alice', headers: {}, text: null },
    ]);
    // org.apache.kafka.common.utils.Utils.toPositive(murmur2("alice")) % 6 is 3
    expect(got[0]?.partition).toBe(`${topic}/3`);
  });

  test('refuses what has no key or is too large for the topic, and writes the rest', async () => {
    const topic = uniqueName('refusing');
    await createTopic(brokers, topic, 1, { 'max.message.bytes': '20000' });
    const sink = await opened({ topic }, ['user']);
    const rows: JsonObject[] = [
      { user: 'a' },
      { user: 'b', text: 'x'.repeat(30_000) },
      { nobody: true },
      { user: 'c' },
    ];
    const rejections = await sink.write(
      rows.map((row) => eventOf(row)),
      signal,
    );
    await sink.write([eventOf({ user: 'd' })], signal);
    await sink.close();

    const codes = rejections.map(({ index, error }) => [index, error.code]).sort();
    expect(codes).toEqual([
      [1, 'refused'],
      [2, 'missing_key'],
    ]);
    expect((await contentOf(topic)).map(({ key }) => key)).toEqual(['a', 'c', 'd']);
  });

  test('fills no batch beyond what the topic takes', async () => {
    const topic = uniqueName('small');
    await createTopic(brokers, topic, 1, { 'max.message.bytes': '20000' });
    const sink = await opened({ topic });
    const events = Array.from({ length: 200 }, (_, id) => eventOf({ id, text: 'x'.repeat(1000) }));
    expect(await sink.write(events, signal)).toEqual([]);
    await sink.close();
    expect(await contentOf(topic)).toHaveLength(200);
  });

  test('refuses a topic that is no name of one', () => {
    expect(() => kafkaSinkOptions.parse({ brokers, topic: 'a b' })).toThrow('must be a topic');
  });

  test('tells which events are not settled when the topic disappears', async () => {
    const topic = uniqueName('gone');
    await createTopic(brokers, topic, 1);
    const sink = await opened({ topic });
    await withKafkaAdmin(brokers, (admin) => admin.deleteTopics({ topics: [topic] }));
    await expect(sink.write([eventOf({ id: 1 }), eventOf({ id: 2 })], signal)).rejects.toMatchObject({
      name: 'TransientError',
      answered: true,
      unsettled: [0, 1],
    });
    await sink.close();
  });
});
