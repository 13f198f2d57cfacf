import { createRequire } from 'node:module';
import type { ICustomPartitioner, PartitionMetadata } from 'kafkajs';
import { TransientError } from '../../errors.ts';

const murmur2 = createRequire(import.meta.url)('kafkajs/src/producer/partitioners/default/murmur2.js') as (
  key: Buffer,
) => number;

/**
 * Which partition a record goes to: chosen once, before kafkajs sees it, so that each try of a request writes the same
 * rows to the same place. A record with a key goes where Java's producer would put it.
 */
export class Partitioner {
  #partitions: readonly PartitionMetadata[];
  #turn: number;

  constructor(partitions: readonly PartitionMetadata[]) {
    this.#partitions = partitions;
    this.#turn = Math.floor(Math.random() * partitions.length);
  }

  /** As org.apache.kafka.clients.producer.internals.BuiltInPartitioner.partitionForKey. */
  partitionOf(key: Buffer): number {
    return (murmur2(key) & 0x7fffffff) % this.#partitions.length;
  }

  /** For the next batch of records without a key: the partitions take turns. */
  next(): number {
    this.#turn = (this.#turn + 1) % this.#partitions.length;
    return this.#turn;
  }

  /** The broker that leads it, as far as is known. */
  leaderOf(partition: number): number | undefined {
    return this.#partitions.find(({ partitionId }) => partitionId === partition)?.leader;
  }

  /**
   * Tells kafkajs what was chosen, and sees the topic as its producer does, which looks again every five minutes. A
   * record for a partition that is gone would be left out without a word.
   */
  readonly forProducer: ICustomPartitioner =
    () =>
    ({ topic, partitionMetadata, message }) => {
      this.#partitions = partitionMetadata;
      const chosen = message.partition!;
      if (chosen < partitionMetadata.length) return chosen;
      throw new TransientError(`kafka: topic ${topic} has lost partition ${chosen}`, { answered: true });
    };
}
