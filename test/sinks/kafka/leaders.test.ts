import type { Admin } from 'kafkajs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Kafka } from '../../../src/clients/kafka/kafkajs.ts';
import { systemClock } from '../../../src/clock.ts';
import type { SinkHost, UnsettledError } from '../../../src/component/sink.ts';
import { kafkaSinkOptions } from '../../../src/sinks/kafka/options.ts';
import { KafkaSink } from '../../../src/sinks/kafka/sink.ts';
import { eventOf } from '../../real/kafka-events.ts';
import { TwoLeaders } from './two-leaders.ts';

const admin = {
  connect: async () => undefined,
  disconnect: async () => undefined,
  listTopics: async () => ['rows'],
  describeConfigs: async () => ({ resources: [] }),
  fetchTopicMetadata: async () => ({
    topics: [{ name: 'rows', partitions: [1, 2].map((leader, partitionId) => ({ partitionId, leader })) }],
  }),
} as unknown as Admin;

async function sinkInto(topic: TwoLeaders, identity: readonly string[]): Promise<KafkaSink> {
  vi.spyOn(Kafka.prototype, 'producer').mockImplementation((config) => topic.producer(config!));
  vi.spyOn(Kafka.prototype, 'admin').mockReturnValue(admin);
  const options = kafkaSinkOptions.parse({ brokers: 'nowhere:1', topic: 'rows' });
  const sink = new KafkaSink(options, { name: 'out', job: 'test', format: 'json', identity });
  await sink.open(null, { clock: systemClock } as SinkHost);
  return sink;
}

describe('a Kafka sink whose partitions have several leaders', () => {
  afterEach(() => vi.restoreAllMocks());

  test.each([
    ['with keys', 'moves', ['id']],
    ['with keys', 'lacks replicas', ['id']],
    ['without keys', 'moves', []],
    ['without keys', 'lacks replicas', []],
  ] as const)('writes rows %s once each when one of them %s', async (_rows, trouble, identity) => {
    const topic = new TwoLeaders(trouble);
    const sink = await sinkInto(topic, identity);
    const rows = Array.from({ length: 999 }, (_, id) => ({ id }));
    for (let start = 0; start < rows.length; start += 333) {
      const events = rows.slice(start, start + 333).map((row) => eventOf(row));
      expect(await sink.write(events, new AbortController().signal)).toEqual([]);
    }
    await sink.close();

    const ids = topic.held.flat().map((text) => JSON.parse(text).id as number);
    expect(ids.toSorted((a, b) => a - b)).toEqual(rows.map(({ id }) => id));
    expect(topic.held.every((held) => held.length > 0)).toBe(true);
  });

  test('tells which rows a leader does not take now, and writes none again that another has taken', async () => {
    const topic = new TwoLeaders('never has replicas');
    const sink = await sinkInto(topic, ['id']);
    // A request takes a thousand rows of a partition: the last ones of it are not asked for. One row has no key.
    const batch = Array.from({ length: 3000 }, (_, id) => eventOf(id === 7 ? { x: id } : { id }));
    const signal = new AbortController().signal;
    const failures: UnsettledError[] = [];
    for (let time = 0; time < 2; time++)
      failures.push(await sink.write(batch, signal).catch((error) => error));
    await sink.close();

    const taken = topic.held[0]!.map((text) => JSON.parse(text).id as number);
    expect(new Set(taken).size).toBe(taken.length);
    expect(topic.held[1]).toEqual([]);
    for (const { answered, unsettled, untried, rejections } of failures) {
      expect(answered).toBe(true);
      expect(rejections).toMatchObject([{ index: 7, error: { code: 'missing_key' } }]);
      expect(unsettled).toHaveLength(1000);
      const left = [...unsettled, ...untried, ...taken, 7].sort((a, b) => a - b);
      expect(left).toEqual([...batch.keys()]);
    }
  });
});
