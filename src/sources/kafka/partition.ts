import type { PartitionId, Position } from '../../event.ts';

export type PartitionStatus = 'active' | 'idle' | 'unreachable';

/** A partition that is ours, from the moment we know where to read on. */
export interface OwnPartition {
  readonly id: PartitionId;
  readonly topic: string;
  readonly number: number;
  /** Where the next fetch must begin; what begins anywhere else is not taken. */
  expected: Position;
  /** The end of the log, as of the newest fetch that brought something. */
  highWatermark: Position;
  /** Where a bounded read ends. */
  readonly end: Position | undefined;
  status: PartitionStatus;
}

export function partitionId(topic: string, partition: number): PartitionId {
  return `${topic}/${partition}`;
}

/** A topic's name holds no slash. */
export function topicPartition(id: PartitionId): { topic: string; partition: number } {
  const [topic = '', partition] = id.split('/');
  return { topic, partition: Number(partition) };
}

export function isAtEnd({ expected, end }: OwnPartition): boolean {
  return end !== undefined && expected >= end;
}

/** Grouped by topic, as kafkajs takes them. */
export function topicPartitions(ids: readonly PartitionId[]): { topic: string; partitions: number[] }[] {
  const topics = new Map<string, number[]>();
  for (const id of ids) {
    const { topic, partition } = topicPartition(id);
    topics.set(topic, [...(topics.get(topic) ?? []), partition]);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}
