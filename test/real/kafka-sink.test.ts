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

  test('spreads rows over the partitions: by key as Java does, those without a key in turns', async () => {
    const topic = uniqueName('spread');
    await createTopic(brokers, topic, 4);
    const keyed = await opened({ topic }, ['user']);
    // org.apache.kafka.common.utils.Utils.toPositive(murmur2(user)) % 4, computed by Java
    const java: Readonly<Record<string, number>> = {
      alice: 1,
      bob: 2,
      carol: 2,
      dave: 2,
      erin: 0,
      frank: 3,
      grace: 2,
      'ä€😀': 2,
      '': 1,
    };
    const users = Object.keys(java);
    expect(
      await keyed.write(
        users.map((user) => eventOf({ user })),
        signal,
      ),
    ).toEqual([]);
    await keyed.close();
    const placed = (await contentOf(topic)).map(({ key, partition }) => [
      key,
      Number(partition.split('/')[1]),
    ]);
    expect(Object.fromEntries(placed)).toEqual(java);
    expect(placed).toHaveLength(users.length);

    const keyless = await opened({ topic });
    for (let batch = 0; batch < 4; batch++) {
      await keyless.write(
        Array.from({ length: 50 }, (_, row) => eventOf({ batch, row })),
        signal,
      );
    }
    await keyless.close();
    const rows = (await contentOf(topic)).filter(({ key }) => key === null);
    const counts = Object.values(Object.groupBy(rows, ({ partition }) => partition)).map(
      (some) => some?.length,
    );
    expect(counts).toEqual([50, 50, 50, 50]);
  });

  test('refuses one row beside what other partitions accept, and writes the rest once', async () => {
    const topic = uniqueName('beside');
    // A topic that is compacted takes no record without a key.
    await createTopic(brokers, topic, 4, { 'cleanup.policy': 'compact' });
    const sink = await opened({ topic });
    const rows = Array.from({ length: 200 }, (_, user) =>
      eventOf({ user }, { id: user === 77 ? null : String(user) }),
    );
    for (let time = 0; time < 2; time++) {
      const rejections = await sink.write(rows, signal);
      expect(rejections.map(({ index, error }) => [index, error.code])).toEqual([[77, 'refused']]);
    }
    await sink.close();
    const users = (await contentOf(topic)).map(({ key }) => Number(key)).sort((a, b) => a - b);
    const accepted = rows.map((_, user) => user).filter((user) => user !== 77);
    expect(users).toEqual(accepted.flatMap((user) => [user, user]));
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
