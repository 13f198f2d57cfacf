import { deserialize, serialize } from 'node:v8';
import type { Millis } from '../clock.ts';
import {
  type Change,
  Event,
  type Headers,
  type JsonObject,
  type Origin,
  type PartitionId,
  type Position,
  type Records,
} from '../event.ts';

/** Bytes of one chunk, unless a single row needs more: well under what a store takes with ease. */
const MOST_BYTES = 512 * 1024;

/** An event on its way to a staged sink, with the write token that it keeps. */
export interface StagedRow {
  readonly event: Event;
  readonly token: bigint;
}

/** The record behind a staged event, as much of it as a sink or a dead letter needs. */
interface StagedRecord {
  readonly partition: PartitionId;
  readonly bytes: Uint8Array | null;
  readonly key: Uint8Array | null;
  readonly headers: Headers;
  readonly timestamp: Millis | null;
  readonly offset: Position;
  readonly next: Position;
}

type EncodedRow = readonly [
  value: JsonObject | null,
  time: Millis | null,
  id: string | null,
  change: Change,
  firing: number,
  final: boolean,
  token: bigint,
  source: string,
  record: StagedRecord,
];

/** Rows as a checkpoint holds them, in chunks. */
export function encodeRows(rows: readonly StagedRow[]): Uint8Array[] {
  return inChunks(rows.map(encodeRow));
}

export function decodeRows(chunk: Uint8Array): StagedRow[] {
  return (deserialize(chunk) as EncodedRow[]).map(decodeRow);
}

function inChunks(rows: readonly EncodedRow[]): Uint8Array[] {
  const bytes = serialize(rows);
  if (bytes.length <= MOST_BYTES || rows.length === 1) return [bytes];
  const middle = rows.length >> 1;
  return [...inChunks(rows.slice(0, middle)), ...inChunks(rows.slice(middle))];
}

function encodeRow({ event, token }: StagedRow): EncodedRow {
  const { value, time, id, change, firing, final, origin, index } = event;
  const record = recordAt(origin.records, index);
  return [value, time, id, change, firing, final, token, origin.source, record];
}

function recordAt(records: Records, index: number): StagedRecord {
  return {
    partition: records.partition,
    bytes: records.bytes(index),
    key: records.key(index),
    headers: records.headers(index),
    timestamp: records.timestamp(index),
    offset: records.offset(index),
    next: records.next(index),
  };
}

function decodeRow([value, time, id, change, firing, final, token, source, record]: EncodedRow): StagedRow {
  const origin: Origin = { source, records: new StoredRecord(record), readAt: 0 };
  return { event: new Event(value, time, origin, 0, id, change, firing, final), token };
}

/** A run of the one record. */
class StoredRecord implements Records {
  readonly length = 1;
  readonly #record: StagedRecord;

  constructor(record: StagedRecord) {
    this.#record = record;
  }

  get partition(): PartitionId {
    return this.#record.partition;
  }

  text(): string | null {
    const { bytes } = this.#record;
    return bytes === null ? null : Buffer.from(bytes).toString('utf8');
  }

  bytes(): Uint8Array | null {
    return this.#record.bytes;
  }

  size(): number {
    return this.#record.bytes?.length ?? 0;
  }

  key(): Uint8Array | null {
    return this.#record.key;
  }

  headers(): Headers {
    return this.#record.headers;
  }

  timestamp(): Millis | null {
    return this.#record.timestamp;
  }

  offset(): Position {
    return this.#record.offset;
  }

  next(): Position {
    return this.#record.next;
  }
}
