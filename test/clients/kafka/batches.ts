import { createRequire } from 'node:module';
import { CompressionTypes } from '../../../src/clients/kafka/kafkajs.ts';

export interface GivenRecord {
  readonly offset: number;
  readonly timestamp?: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Record<string, Buffer | Buffer[]>;
}

export interface GivenBatch {
  readonly records: readonly GivenRecord[];
  readonly compression?: number;
  readonly producerId?: number;
  readonly transactional?: boolean;
}

interface Encoder {
  readonly buffer: Buffer;
}

const require = createRequire(import.meta.url);
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0/index.js') as {
  RecordBatch(batch: object): Promise<Encoder>;
};
const encodeRecord: (
  record: object,
) => Encoder = require('kafkajs/src/protocol/recordBatch/record/v0/index.js');

/** The batch as kafkajs writes it. */
export async function batchBytes({
  records,
  compression = CompressionTypes.None,
  producerId = -1,
  transactional = false,
}: GivenBatch): Promise<Buffer> {
  const first = records[0]!;
  const times = records.map(({ timestamp = 0 }) => timestamp);
  const batch = await RecordBatch({
    compression,
    producerId,
    transactional,
    firstOffset: first.offset,
    firstTimestamp: times[0],
    maxTimestamp: Math.max(...times),
    lastOffsetDelta: records.at(-1)!.offset - first.offset,
    records: records.map(({ offset, key, value, headers = {} }, index) =>
      encodeRecord({
        offsetDelta: offset - first.offset,
        timestampDelta: times[index]! - times[0]!,
        key,
        value,
        headers,
      }),
    ),
  });
  return batch.buffer;
}

const ATTRIBUTES = 21;

/** The marker that ends a transaction. */
export async function markerBytes(
  offset: number,
  producerId: number,
  kind: 'abort' | 'commit',
): Promise<Buffer> {
  const key = Buffer.from([0, 0, 0, kind === 'abort' ? 0 : 1]);
  const bytes = await batchBytes({
    records: [{ offset, key, value: Buffer.alloc(6) }],
    producerId,
    transactional: true,
  });
  return withAttribute(bytes, 0x20);
}

/** The batch with a bit of its attributes set. */
export function withAttribute(batch: Buffer, bit: number): Buffer {
  const changed = Buffer.from(batch);
  changed.writeInt16BE(changed.readInt16BE(ATTRIBUTES) | bit, ATTRIBUTES);
  return changed;
}

interface Aborted {
  readonly producerId: number;
  readonly firstOffset: number;
}

/** The answer to a fetch of one partition `t/0`, of version 11. */
export function fetchResponse(batches: readonly Buffer[], aborted: readonly Aborted[] = []): Buffer {
  const records = Buffer.concat(batches);
  return Buffer.concat([
    int32(0), // throttle time
    int16(0), // error
    int32(0), // session
    int32(1), // topics
    int16(1),
    Buffer.from('t'),
    int32(1), // partitions
    int32(0),
    int16(0),
    int64(1000), // high watermark
    int64(1000), // last stable offset
    int64(0), // log start
    int32(aborted.length),
    ...aborted.flatMap(({ producerId, firstOffset }) => [int64(producerId), int64(firstOffset)]),
    int32(-1), // replica
    int32(records.length),
    records,
  ]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}
