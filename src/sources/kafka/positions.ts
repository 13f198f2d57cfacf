import type { Cluster } from 'kafkajs';
import { type KafkaEndpoint, withAdmin } from '../../clients/kafka/connect.ts';
import type { PartitionId, Position, Positions } from '../../event.ts';
import type { Start } from './options.ts';
import { partitionId, topicPartitions } from './partition.ts';

const ADMIN_DEADLINE = 10_000;

type Listing = { readonly fromBeginning: boolean } | { readonly fromTimestamp: number };

/** Where the log of each partition begins and ends; its end is the last stable offset if only committed records are read. */
export interface LogRange {
  readonly earliest: Position;
  readonly latest: Position;
}

/** The partitions of topics that the cluster has been subscribed to. */
export function partitionsOf(cluster: Cluster, topics: readonly string[]): PartitionId[] {
  return topics.flatMap((topic) =>
    cluster.findTopicPartitionMetadata(topic).map(({ partitionId: number }) => partitionId(topic, number)),
  );
}

export async function logRanges(
  cluster: Cluster,
  partitions: readonly PartitionId[],
): Promise<Map<PartitionId, LogRange>> {
  const [earliest, latest] = await Promise.all([
    listOffsets(cluster, partitions, { fromBeginning: true }),
    listOffsets(cluster, partitions, { fromBeginning: false }),
  ]);
  const ranges = partitions.map((id): [PartitionId, LogRange] => [
    id,
    { earliest: earliest[id] ?? 0, latest: latest[id] ?? 0 },
  ]);
  return new Map(ranges);
}

/** The ends that the job began with, also after a recovery; a partition made since then has none. */
export async function sampleEnds(
  given: Positions | undefined,
  cluster: Cluster,
  partitions: readonly PartitionId[],
): Promise<Positions> {
  if (given !== undefined) return given;
  const ranges = await logRanges(cluster, partitions);
  return Object.fromEntries(partitions.map((id) => [id, ranges.get(id)!.latest]));
}

/** Where each partition begins that no checkpoint knows. */
export async function startPositions(
  { at, time }: Start & { readonly time?: number },
  partitions: readonly PartitionId[],
  ranges: ReadonlyMap<PartitionId, LogRange>,
  { cluster, endpoint, group }: { cluster: Cluster; endpoint: KafkaEndpoint; group: string },
): Promise<Positions> {
  if (partitions.length === 0) return {};
  const found =
    at === 'committed'
      ? await committedOffsets(endpoint, group, partitions)
      : at === 'time'
        ? await listOffsets(cluster, partitions, { fromTimestamp: time! })
        : {};
  const otherwise = at === 'latest' || at === 'time' ? 'latest' : 'earliest';
  return Object.fromEntries(partitions.map((id) => [id, found[id] ?? ranges.get(id)![otherwise]]));
}

async function listOffsets(
  cluster: Cluster,
  partitions: readonly PartitionId[],
  listing: Listing,
): Promise<Positions> {
  if (partitions.length === 0) return Promise.resolve({});
  const topics = topicPartitions(partitions).map(({ topic, partitions: numbers }) => ({
    topic,
    partitions: numbers.map((partition) => ({ partition })),
    ...listing,
  }));
  return known(await cluster.fetchTopicsOffset(topics));
}

/** What the group has committed; partitions of which it has nothing are left out. */
export function committedOffsets(
  endpoint: KafkaEndpoint,
  group: string,
  partitions: readonly PartitionId[],
): Promise<Positions> {
  const topics = topicPartitions(partitions).map(({ topic }) => topic);
  return withAdmin(endpoint, ADMIN_DEADLINE, async (admin) =>
    known(await admin.fetchOffsets({ groupId: group, topics })),
  );
}

interface TopicOffsets {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
}

/** Kafka says -1 for what it does not know. */
function known(topics: readonly TopicOffsets[]): Positions {
  const offsets: Record<PartitionId, Position> = {};
  for (const { topic, partitions } of topics) {
    for (const { partition, offset } of partitions) {
      if (Number(offset) >= 0) offsets[partitionId(topic, partition)] = Number(offset);
    }
  }
  return offsets;
}
