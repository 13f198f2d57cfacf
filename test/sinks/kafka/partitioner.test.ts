import type { PartitionMetadata } from 'kafkajs';
import { expect, test } from 'vitest';
import { Partitioner } from '../../../src/sinks/kafka/partitioner.ts';

function partitions(count: number): PartitionMetadata[] {
  const about = { leader: 1, partitionErrorCode: 0, replicas: [], isr: [] };
  return Array.from({ length: count }, (_, partitionId) => ({ partitionId, ...about }));
}

test('the partitions are those that the producer sees: new ones take part, and one that is gone is told of', () => {
  const partitioner = new Partitioner(partitions(2));
  const forKafkajs = partitioner.forProducer();
  const sees = (count: number, partition: number) =>
    forKafkajs({ topic: 't', partitionMetadata: partitions(count), message: { value: null, partition } });
  const turns = () => new Set(Array.from({ length: 6 }, () => partitioner.next()));

  expect(sees(3, 1)).toBe(1);
  expect(turns()).toEqual(new Set([0, 1, 2]));
  expect(() => sees(1, 1)).toThrow('topic t has lost partition 1');
  expect(turns()).toEqual(new Set([0]));
});
