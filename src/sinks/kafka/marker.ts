import { z } from 'zod';
import type { KafkaEndpoint } from '../../clients/kafka/connect.ts';
import { TransientError } from '../../errors.ts';

const content = z.object({ run: z.string(), interval: z.int() });

/** Which interval a run of the job has delivered last. It is part of the transaction that delivers the interval. */
export type Marker = z.output<typeof content>;

/** The group's offset of partition 0 carries the marker as its metadata; no consumer ever joins that group. */
export function markerOffsets(topic: string, marker: Marker) {
  const partition = { partition: 0, offset: String(marker.interval), metadata: JSON.stringify(marker) };
  return [{ topic, partitions: [partition] }];
}

/** The marker as of the last transaction that was committed; undefined if there is none. Throws what kafkajs throws. */
export async function readMarker(
  { kafka }: KafkaEndpoint,
  group: string,
  topic: string,
): Promise<Marker | undefined> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const [offsets] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    const offset = offsets?.partitions.find(({ partition }) => partition === 0);
    // kafkajs asks about the partitions that it knows of: an answer without ours says nothing about the marker.
    if (offset === undefined) throw unknownTopic(topic);
    return offset.metadata ? content.safeParse(parsed(offset.metadata)).data : undefined;
  } finally {
    void admin.disconnect().catch(() => undefined);
  }
}

function unknownTopic(topic: string): TransientError {
  return new TransientError(`kafka does not know the partitions of ${topic} yet`, { answered: true });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
