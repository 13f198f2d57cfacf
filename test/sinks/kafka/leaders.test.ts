import type { Admin } from 'kafkajs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Kafka } from '../../../src/clients/kafka/kafkajs.ts';
import { systemClock } from '../../../src/clock.ts';
import type { SinkHost } from '../../../src/component/sink.ts';
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

describe('a Kafka sink whose partitions have several leaders', () => {
  afterEach(() => vi.restoreAllMocks());

  test.each([
    ['with keys', 'moves', ['id']],
    ['with keys', 'lacks replicas', ['id']],
    ['without keys', 'moves', []],
    ['without keys', 'lacks replicas', []],
  ] as const)('writes rows %s once each when one of them %s', async (_rows, trouble, identity) => {
    const topic = new TwoLeaders(trouble);
    vi.spyOn(Kafka.prototype, 'producer').mockImplementation((config) => topic.producer(config!));
    vi.spyOn(Kafka.prototype, 'admin').mockReturnValue(admin);
    const options = kafkaSinkOptions.parse({ brokers: 'nowhere:1', topic: 'rows' });
    const sink = new KafkaSink(options, { name: 'out', job: 'test', format: 'json', identity });
    await sink.open(null, { clock: systemClock } as SinkHost);
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
});
