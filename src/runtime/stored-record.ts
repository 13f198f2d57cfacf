import type { Millis } from '../clock.ts';
import { decodeUtf8 } from '../codecs/utf8.ts';
import type { DataError } from '../errors.ts';
import type { Headers, PartitionId, Position, Records } from '../event.ts';

/** The record behind an event that was stored, as much of it as a sink or a dead letter needs. */
export interface OneRecord {
  readonly partition: PartitionId;
  readonly bytes: Uint8Array | null;
  readonly key: Uint8Array | null;
  readonly headers: Headers;
  readonly timestamp: Millis | null;
  readonly offset: Position;
  readonly next: Position;
  readonly columns: readonly string[] | undefined;
  /** Why its bytes can't be taken for the record. */
  readonly unreadable?: DataError | undefined;
}

export function recordAt(records: Records, index: number): OneRecord {
  return {
    partition: records.partition,
    bytes: records.bytes(index),
    key: records.key(index),
    headers: records.headers(index),
    timestamp: records.timestamp(index),
    offset: records.offset(index),
    next: records.next(index),
    columns: records.columns,
  };
}

/** A run of the one record. */
export class StoredRecord implements Records {
  readonly length = 1;
  readonly #record: OneRecord;

  constructor(record: OneRecord) {
    this.#record = record;
  }

  get partition(): PartitionId {
    return this.#record.partition;
  }

  get columns(): readonly string[] | undefined {
    return this.#record.columns;
  }

  text(): string | null {
    const { bytes, unreadable } = this.#record;
    if (unreadable !== undefined) throw unreadable;
    return bytes === null ? null : decodeUtf8(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
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
