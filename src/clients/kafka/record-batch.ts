import { inflaterFor } from './codecs.ts';
import { readInt64, unreadableBatch } from './wire.ts';

/** The fields in front of a batch's records: https://kafka.apache.org/documentation/#recordbatch. */
const LENGTH = 8;
const MAGIC = 16;
const ATTRIBUTES = 21;
const LAST_OFFSET_DELTA = 23;
const FIRST_TIMESTAMP = 27;
const MAX_TIMESTAMP = 35;
const PRODUCER_ID = 43;
const RECORD_COUNT = 57;
const RECORDS = 61;
/** What `length` does not count: itself, and the offset before it. */
const PREFIX = 12;
/** The format since Kafka 0.11. */
const FORMAT = 2;
/** Its length, and seven fields of a byte at least. */
const LEAST_RECORD_BYTES = 7;

const COMPRESSION = 0x07;
const IS_APPEND_TIME = 0x08;
const IS_TRANSACTIONAL = 0x10;
const IS_CONTROL = 0x20;

/** A batch of records as a broker keeps it, inflated, its records not looked at yet. */
export interface RecordBatch {
  readonly firstOffset: number;
  /** The last that the batch ever held: after compaction there may be no such record. */
  readonly lastOffset: number;
  readonly firstTimestamp: number;
  /** When the broker appended it, if that is the time of all its records. */
  readonly appendTime: number | null;
  readonly producerId: number;
  readonly isTransactional: boolean;
  /** Whether it holds a marker of a transaction, and no records. */
  readonly isControl: boolean;
  readonly count: number;
  /** Its records are in `[start, end)` of these. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** The batches in `[start, end)`; a broker may cut off the last one, which then is left out. Throws InflateError. */
export async function recordBatchesIn(bytes: Buffer, start: number, end: number): Promise<RecordBatch[]> {
  const batches: RecordBatch[] = [];
  let at = start;
  while (at + RECORDS <= end) {
    const next = at + PREFIX + bytes.readInt32BE(at + LENGTH);
    if (bytes[at + MAGIC] !== FORMAT) throw unreadableBatch('it is not in the format of Kafka 0.11 or later');
    if (next < at + RECORDS) throw unreadableBatch('it ends before its first record');
    if (next > end) break;
    batches.push(await readBatch(bytes, at, next));
    at = next;
  }
  return batches;
}

async function readBatch(bytes: Buffer, at: number, next: number): Promise<RecordBatch> {
  const attributes = bytes.readInt16BE(at + ATTRIBUTES);
  const firstOffset = readInt64(bytes, at);
  const inflate = inflaterFor(attributes & COMPRESSION);
  const place =
    inflate === undefined
      ? { bytes, start: at + RECORDS, end: next }
      : await inflate(bytes.subarray(at + RECORDS, next)).then(whole);
  const count = bytes.readInt32BE(at + RECORD_COUNT);
  if (count * LEAST_RECORD_BYTES > place.end - place.start)
    throw unreadableBatch('it is too short for its records');
  return {
    firstOffset,
    lastOffset: firstOffset + bytes.readInt32BE(at + LAST_OFFSET_DELTA),
    firstTimestamp: readInt64(bytes, at + FIRST_TIMESTAMP),
    appendTime: (attributes & IS_APPEND_TIME) === 0 ? null : readInt64(bytes, at + MAX_TIMESTAMP),
    producerId: readInt64(bytes, at + PRODUCER_ID),
    isTransactional: (attributes & IS_TRANSACTIONAL) !== 0,
    isControl: (attributes & IS_CONTROL) !== 0,
    count,
    ...place,
  };
}

function whole(bytes: Buffer): Pick<RecordBatch, 'bytes' | 'start' | 'end'> {
  return { bytes, start: 0, end: bytes.length };
}
