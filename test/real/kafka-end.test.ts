import { describe, expect, test } from 'vitest';
import { createTopic, numbered, produce, uniqueName } from './kafka.ts';
import { servers } from './servers.ts';
import { SourceRunner } from './source-runner.ts';

describe.runIf(servers)('a bounded Kafka source', () => {
  const brokers = servers?.kafka ?? '';

  test('is not at its end while another member, dead perhaps, has some of the partitions', async () => {
    const topic = uniqueName('half');
    await createTopic(brokers, topic, 2);
    const records = numbered(20).map((record, index) => ({ ...record, partition: index % 2 }));
    const options = { brokers, topics: topic, group: uniqueName('group') };

    const other = await new SourceRunner(options).start();
    await other.until(({ assignments }) => assignments.at(-1)?.length === 2);
    await produce(brokers, topic, records);
    const resume = { [`${topic}/0`]: 0, [`${topic}/1`]: 0 };
    const bounded = await new SourceRunner(options, { exitAtEnd: true, resume }).start();
    await bounded.until(({ got }) => got.length === 10);
    expect(bounded.assignments).toHaveLength(1);
    expect(bounded.source.ended).toBe(false);
    await other.stop();
    await bounded.end();

    expect([...bounded.texts].sort()).toEqual(records.map(({ value }) => value).sort());
  });
});
