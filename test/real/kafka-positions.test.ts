import { describe, expect, test } from 'vitest';
import { createTopic, deleteRecordsBefore, numbered, produce, uniqueName } from './kafka.ts';
import { servers } from './servers.ts';
import { SourceRunner } from './source-runner.ts';

describe.runIf(servers)('where a Kafka source starts', () => {
  const brokers = servers?.kafka ?? '';
  const ended = async (options: Record<string, unknown>, resume = {}) =>
    (await new SourceRunner({ brokers, ...options }, { exitAtEnd: true, resume }).start()).end();
  const topicOf = async (...records: Parameters<typeof produce>[2][]) => {
    const topic = uniqueName('positions');
    await createTopic(brokers, topic, 1);
    for (const some of records) await produce(brokers, topic, some);
    return topic;
  };

  test('latest: behind all that is there', async () => {
    const topic = await topicOf(numbered(5, 'old'));
    const runner = await new SourceRunner({
      brokers,
      topics: topic,
      group: uniqueName('group'),
      offset: 'latest',
    }).start();
    await runner.until(({ lags }) => lags.get(`${topic}/0`) === 0);
    await produce(brokers, topic, numbered(2, 'new'));
    await runner.until(({ got }) => got.length === 2);
    await runner.stop();
    expect(runner.texts).toEqual(['new-0', 'new-1']);
  });

  test('@time: at the first record that is not older', async () => {
    const at = (time: number) => ({ value: `at ${time}`, timestamp: String(time) });
    const topic = await topicOf([at(1_700_000_000_000), at(1_700_000_001_000), at(1_700_000_002_000)]);
    const { texts } = await ended({
      topics: topic,
      group: uniqueName('group'),
      offset: '@2023-11-14T22:13:20.500Z',
    });
    expect(texts).toEqual(['at 1700000001000', 'at 1700000002000']);
  });

  test("committed: where the group is, which a job's checkpoints move", async () => {
    const topic = await topicOf(numbered(5));
    const options = { topics: topic, group: uniqueName('group') };
    const first = await new SourceRunner({ brokers, ...options }).start();
    await first.until(({ got }) => got.length === 5);
    await first.source.committed({ [`${topic}/0`]: 3 });
    await first.stop();

    expect((await ended(options)).texts).toEqual(['v-3', 'v-4']);
  });

  test('a position that retention has overtaken ends the job, and says what is lost', async () => {
    const topic = await topicOf(numbered(10));
    await deleteRecordsBefore(brokers, topic, 6);
    const resume = { [`${topic}/0`]: 2 };
    await expect(ended({ topics: topic, group: uniqueName('group') }, resume)).rejects.toThrow(
      `kafka deleted 4 records of ${topic}/0 before they were read: offset 2 is wanted, 6 is the oldest`,
    );
  });

  test('a position beyond the end of the log ends the job', async () => {
    const topic = await topicOf(numbered(10));
    const runner = new SourceRunner(
      { brokers, topics: topic, group: uniqueName('group') },
      { resume: { [`${topic}/0`]: 11 } },
    );
    await runner.start();
    await expect(runner.until(() => false)).rejects.toThrow(`${topic}/0 ends at offset 10, before offset 11`);
    await runner.stop();
  });

  test('records that are deleted while a job is paused before them end it when it goes on', async () => {
    const topic = await topicOf(numbered(10));
    const runner = await new SourceRunner({ brokers, topics: topic, group: uniqueName('group') }).start();
    await runner.until(({ got }) => got.length === 10);
    runner.source.pause();
    await produce(brokers, topic, numbered(10, 'w'));
    await deleteRecordsBefore(brokers, topic, 15);
    runner.source.resume();
    await expect(runner.until(({ got }) => got.length > 10)).rejects.toThrow('kafka deleted 5 records');
    await runner.stop();
    expect(runner.got).toHaveLength(10);
  });

  test('a topic that is not there is refused, with those that are spelled alike', async () => {
    const topic = await topicOf([]);
    const runner = new SourceRunner({ brokers, topics: `${topic}s`, group: uniqueName('group') });
    await expect(runner.start()).rejects.toMatchObject({
      name: 'SpecError',
      message: `kafka has no topic "${topic}s"`,
      hint: expect.stringContaining(`"${topic}"`),
    });
  });

  test('a broker that is not there is unreachable, in one line', async () => {
    const runner = new SourceRunner({ brokers: '127.0.0.1:1', topics: 'clicks' });
    await expect(runner.start()).rejects.toMatchObject({
      name: 'UnreachableError',
      message: "kafka://127.0.0.1:1 can't be reached: connection refused",
    });
  });
});
