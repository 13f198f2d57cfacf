import { type RecordBatch, recordBatchesIn } from './record-batch.ts';
import { ResponseReader } from './wire.ts';

/** The first version whose answers hold batches of records. */
export const OLDEST_VERSION = 4;
/** The first versions with more fields. */
const WITH_LOG_START = 5;
const WITH_SESSION = 7;
const WITH_THROTTLE_TO_OBEY = 8;
const WITH_REPLICA = 11;

/** A batch in the form of a message, as which kafkajs hands it on: it looks at no more of it than this. */
export interface BatchMessage {
  /** The batch's last. */
  readonly offset: string;
  /** Whether nobody is to see it: the marker of a transaction, or what an aborted one wrote. */
  readonly isControlRecord: boolean;
  readonly batch: RecordBatch;
}

interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

/**
 * Reads the answer to a fetch (https://kafka.apache.org/protocol#The_Messages_Fetch) as kafkajs does, but for the
 * records: they stay in their batches. Aborted transactions are hidden here, also those of two producers that had both
 * begun before the first batch, of which kafkajs shows one.
 */
export async function decodeFetchResponse(bytes: Buffer, version: number): Promise<object> {
  const reader = new ResponseReader(bytes);
  const throttleTime = reader.int32();
  const session = version < WITH_SESSION ? {} : { errorCode: reader.int16(), sessionId: reader.int32() };
  const responses = await reader.array(async () => ({
    topicName: reader.string(),
    partitions: await reader.array(() => readPartition(reader, version)),
  }));
  // From that version on a broker that throttles has answered already, and expects us to wait.
  return version < WITH_THROTTLE_TO_OBEY
    ? { throttleTime, ...session, responses }
    : { throttleTime: 0, clientSideThrottleTime: throttleTime, ...session, responses };
}

async function readPartition(reader: ResponseReader, version: number): Promise<object> {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = String(reader.int64());
  const lastStableOffset = String(reader.int64());
  const lastStartOffset = version < WITH_LOG_START ? undefined : String(reader.int64());
  const aborted = await reader.array(() => ({
    producerId: reader.int64(),
    firstOffset: reader.int64(),
  }));
  const preferredReadReplica = version < WITH_REPLICA ? undefined : reader.int32();
  const length = Math.max(0, reader.int32());
  const start = reader.skip(length);
  return {
    partition,
    errorCode,
    highWatermark,
    lastStableOffset,
    lastStartOffset,
    preferredReadReplica,
    abortedTransactions: [],
    messages: asMessages(await recordBatchesIn(reader.bytes, start, start + length), aborted),
  };
}

/** An aborted transaction reaches from its first offset to the producer's next marker. */
function asMessages(batches: readonly RecordBatch[], aborted: readonly AbortedTransaction[]): BatchMessage[] {
  const waiting = aborted.toSorted((one, other) => one.firstOffset - other.firstOffset);
  const aborting = new Set<number>();
  return batches.map((batch) => {
    const { lastOffset, producerId, isControl, isTransactional } = batch;
    while (waiting.length > 0 && waiting[0]!.firstOffset <= lastOffset) {
      aborting.add(waiting.shift()!.producerId);
    }
    const isAborted = isTransactional && aborting.has(producerId);
    if (isControl) aborting.delete(producerId);
    return { offset: String(lastOffset), isControlRecord: isControl || isAborted, batch };
  });
}
