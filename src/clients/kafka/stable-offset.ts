import { createRequire } from 'node:module';
import type { Broker, Cluster } from 'kafkajs';
import { SpecError } from '../../errors.ts';
import { type KafkaEndpoint, withDeadline } from './connect.ts';
import { KafkaJSNonRetriableError, PartitionAssigners } from './kafkajs.ts';

/** OffsetFetch, and the first version of it that asks for stable offsets (KIP-447, Kafka 2.5). kafkajs knows 4 at most. */
const OFFSET_FETCH = 9;
const VERSION = 7;
const GIVE_UP_CLOSING = 3000;

/** What kafkajs's types leave out. */
interface Connected extends Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}
interface Coordinator extends Broker {
  readonly versions: Readonly<Record<number, { readonly maxVersion: number } | undefined>>;
  readonly connectionPool: { send(exchange: object): Promise<Offset> };
}
interface Encoder {
  writeUVarInt(value: number): Encoder;
  writeUVarIntString(value: string): Encoder;
  writeInt32(value: number): Encoder;
  writeBoolean(value: boolean): Encoder;
}
interface Decoder {
  readInt16(): number;
  readInt32(): number;
  readInt64(): { toString(): string };
  readUVarIntString(): string | null;
  readUVarIntArray<Element>(read: () => Element): Element[] | null;
  readTaggedFields(): unknown;
}

const require = createRequire(import.meta.url);
const NewEncoder = require('kafkajs/src/protocol/encoder.js') as new () => Encoder;
const NewDecoder = require('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => Decoder;
const { createErrorFromCode } = require('kafkajs/src/protocol/error.js') as {
  createErrorFromCode(code: number): Error;
};

export interface Offset {
  /** -1 if the group has none. */
  readonly offset: number;
  readonly metadata: string | null;
}

interface Place {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

/**
 * What the group has committed of one partition, once all that was written to its log before this request can be seen.
 * Throws SpecError where the broker is too old for that, and else what kafkajs throws: UNSTABLE_OFFSET_COMMIT while a
 * transaction over that offset is open, or ended and not seen to be yet.
 */
export async function stableOffset(endpoint: KafkaEndpoint, place: Place): Promise<Offset> {
  const cluster = clusterOf(endpoint);
  try {
    await cluster.connect();
    const coordinator = (await cluster.findGroupCoordinator({ groupId: place.group })) as Coordinator;
    if ((coordinator.versions[OFFSET_FETCH]?.maxVersion ?? 0) < VERSION) throw tooOld(endpoint);
    return await coordinator.connectionPool.send(exchangeFor(place));
  } finally {
    const closing = cluster.disconnect();
    await withDeadline(closing, GIVE_UP_CLOSING, endpoint.clock, endpoint.endpoint).catch(() => undefined);
  }
}

/** kafkajs hands its cluster to the assigners of a consumer alone, when one is made; this one never connects. */
function clusterOf({ kafka }: KafkaEndpoint): Connected {
  let found: Cluster | undefined;
  kafka.consumer({
    groupId: 'none',
    partitionAssigners: [
      (config) => {
        found = config.cluster;
        return PartitionAssigners.roundRobin(config);
      },
    ],
  });
  return found as Connected;
}

/** https://kafka.apache.org/protocol#The_Messages_OffsetFetch; each struct ends in its tagged fields, of which there are none. */
function exchangeFor({ group, topic, partition }: Place): object {
  return {
    request: {
      apiKey: OFFSET_FETCH,
      apiVersion: VERSION,
      apiName: 'OffsetFetch',
      encode: async () =>
        new NewEncoder()
          .writeUVarInt(0) // the header's
          .writeUVarIntString(group)
          .writeUVarInt(2) // one topic: lengths are one more
          .writeUVarIntString(topic)
          .writeUVarInt(2) // one partition
          .writeInt32(partition)
          .writeUVarInt(0)
          .writeBoolean(true) // only what is stable
          .writeUVarInt(0),
    },
    response: { decode: async (bytes: Buffer) => decoded(bytes), parse: async (offset: Offset) => offset },
  };
}

function decoded(bytes: Buffer): Offset {
  const fields = new NewDecoder(bytes);
  fields.readTaggedFields();
  fields.readInt32(); // how long the broker held us up
  const topics = fields.readUVarIntArray(() => {
    fields.readUVarIntString();
    const partitions = fields.readUVarIntArray(() => readPartition(fields));
    fields.readTaggedFields();
    return partitions ?? [];
  });
  refuse(fields.readInt16());
  const [answer] = (topics ?? []).flat();
  if (answer === undefined) throw new KafkaJSNonRetriableError('the broker left an offset out of its answer');
  refuse(answer.error);
  return { offset: answer.offset, metadata: answer.metadata };
}

function readPartition(fields: Decoder) {
  fields.readInt32(); // which one
  const offset = Number(fields.readInt64().toString());
  fields.readInt32(); // the epoch of the leader
  const metadata = fields.readUVarIntString();
  const error = fields.readInt16();
  fields.readTaggedFields();
  return { offset, metadata, error };
}

function refuse(code: number): void {
  if (code !== 0) throw createErrorFromCode(code);
}

function tooOld({ endpoint }: KafkaEndpoint): SpecError {
  return new SpecError(`${endpoint} is older than Kafka 2.5, and can't say for sure what was committed`, {
    hint: 'update it, or write with guarantee: at_least_once',
  });
}
