import { z } from 'zod';
import type { KafkaEndpoint } from '../../clients/kafka/connect.ts';
import { stableOffset } from '../../clients/kafka/stable-offset.ts';

const content = z.object({ run: z.string(), interval: z.int() });

/** Which interval a run of the job has delivered last, -1 before the first. It is part of the transaction that delivers the interval. */
export type Marker = z.output<typeof content>;

/** The group's offset of partition 0 carries the marker as its metadata; no consumer ever joins that group. */
export function markerOffsets(topic: string, marker: Marker) {
  const partition = { partition: 0, offset: String(marker.interval + 1), metadata: JSON.stringify(marker) };
  return [{ topic, partitions: [partition] }];
}

/**
 * The marker as of the last transaction that was committed; undefined if there is none. Read in any other way, it may be
 * an older one: right after a broker came up, or while the end of a transaction is on its way to the group.
 */
export async function readMarker(
  endpoint: KafkaEndpoint,
  group: string,
  topic: string,
): Promise<Marker | undefined> {
  const { metadata } = await stableOffset(endpoint, { group, topic, partition: 0 });
  return metadata ? content.safeParse(parsed(metadata)).data : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
