import { describe, expect, test } from 'vitest';
import { compressions } from '../../src/clients/kafka/options.ts';
import { createTopic, numbered, produce, produceTransaction, uniqueName } from './kafka.ts';
import { servers } from './servers.ts';
import { SourceRunner } from './source-runner.ts';

describe.runIf(servers)('a Kafka source', () => {
  const brokers = servers?.kafka ?? '';
  const atStart = (topic: string) => ({
    brokers,
    topics: [topic],
    group: uniqueName('group'),
    offset: 'earliest',
  });

  test.each(compressions)('reads what was written with codec %s, byte for byte', async (compression) => {
    const topic = uniqueName(`codec-${compression}`);
    await createTopic(brokers, topic, 1);
    const long = 'ä€😀 and plain text '.repeat(20_000);
    const records = [...numbered(2000), { value: long }, { value: null, key: 'gone' }, { value: '' }];
    await produce(brokers, topic, records, { compression });

    const { texts } = await (await new SourceRunner(atStart(topic), { exitAtEnd: true }).start()).end();

    expect(texts).toEqual(records.map(({ value }) => value));
  });

  test('goes on at the positions it is given', async () => {
    const topic = uniqueName('resume');
    await createTopic(brokers, topic, 2);
    await produce(
      brokers,
      topic,
      numbered(10, 'a').map((record) => ({ ...record, partition: 0 })),
    );
    await produce(
      brokers,
      topic,
      numbered(10, 'b').map((record) => ({ ...record, partition: 1 })),
    );

    const resume = { [`${topic}/0`]: 7, [`${topic}/1`]: 10 };
    const runner = await new SourceRunner(atStart(topic), { exitAtEnd: true, resume }).start();

    expect((await runner.end()).texts).toEqual(['a-7', 'a-8', 'a-9']);
  });

  test('ends where all partitions ended when it was opened, with empty ones among them', async () => {
    const topic = uniqueName('ends');
    await createTopic(brokers, topic, 4);
    await produce(
      brokers,
      topic,
      numbered(100).map((record) => ({ ...record, partition: 2 })),
    );
    const runner = await new SourceRunner(atStart(topic), { exitAtEnd: true }).start();
    await produce(
      brokers,
      topic,
      numbered(100, 'later').map((record) => ({ ...record, partition: 2 })),
    );

    expect((await runner.end()).texts).toEqual(numbered(100).map(({ value }) => value));
    expect(runner.source.ends()).toEqual({
      [`${topic}/0`]: 0,
      [`${topic}/1`]: 0,
      [`${topic}/2`]: 100,
      [`${topic}/3`]: 0,
    });
  });

  test('gives nothing of a partition that is paused alone, fetched or not, while it gives all of another', async () => {
    const topic = uniqueName('held');
    await createTopic(brokers, topic, 2);
    const large = (name: string) =>
      numbered(200, name).map((record) => ({ value: record.value + 'x'.repeat(5000) }));
    await produce(
      brokers,
      topic,
      large('a').map((record) => ({ ...record, partition: 0 })),
    );
    await produce(
      brokers,
      topic,
      large('b').map((record) => ({ ...record, partition: 1 })),
    );
    const options = {
      ...atStart(topic),
      max_bytes: 100_000,
      max_bytes_per_partition: 50_000,
      buffer_bytes: 200_000,
    };
    const runner = new SourceRunner(options, { exitAtEnd: true });
    await runner.source.open({}, runner);
    const held = `${topic}/0`;
    runner.source.pause(held);
    runner.run();

    await runner.until(({ got }) => got.length === 200);
    expect(runner.got.every(({ partition }) => partition !== held)).toBe(true);
    expect(runner.statuses).not.toContain(`${held} idle`);
    runner.source.resume(held);
    expect((await runner.end()).got.slice(200).map(({ partition, offset }) => [partition, offset])).toEqual(
      Array.from({ length: 200 }, (_, offset) => [held, offset]),
    );
  });

  test('ends at once on an empty topic', async () => {
    const topic = uniqueName('empty');
    await createTopic(brokers, topic, 3);
    const runner = await new SourceRunner(atStart(topic), { exitAtEnd: true }).start();
    expect((await runner.end()).got).toEqual([]);
  });

  test('reads committed transactions only, and ends behind an aborted one', async () => {
    const topic = uniqueName('transactions');
    await createTopic(brokers, topic, 1);
    await produceTransaction(brokers, topic, ['kept-0', 'kept-1'], 'commit');
    await produceTransaction(brokers, topic, ['dropped-0'], 'abort');

    const runner = await new SourceRunner(atStart(topic), { exitAtEnd: true }).start();

    expect((await runner.end()).texts).toEqual(['kept-0', 'kept-1']);
  });
});
