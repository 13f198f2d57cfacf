import type { Millis } from '../../clock.ts';
import { decodeUtf8 } from '../../codecs/utf8.ts';
import type { Headers, Position } from '../../event.ts';
import type { RecordBatch } from './record-batch.ts';
import { FieldReader, unreadableBatch } from './wire.ts';

/** The end of a value that is null. */
const NULL = -1;
/** Attributes, two differences, the lengths of key and value, the number of headers. */
const LEAST_BYTES = 6;

/** Two doubles and three integers for each record. */
const PLACE_BYTES = 28;

/** What was fetched of one partition, in runs of batches that share their bytes. */
export function recordsIn(
  batches: readonly RecordBatch[],
  from: Position,
  until: Position,
): FetchedRecords[] {
  const runs: RecordBatch[][] = [];
  for (const batch of batches) {
    const run = runs.at(-1);
    if (run?.[0]?.bytes === batch.bytes) run.push(batch);
    else runs.push([batch]);
  }
  return runs.map((run) => new FetchedRecords(run, from, until));
}

/**
 * The records of batches that share their bytes: found, not copied. For each it keeps where it is, and no object: the
 * object, the two buffers and the two texts that kafkajs makes of each cost more than to decode its JSON.
 */
export class FetchedRecords {
  readonly length: number;
  /** In bytes, with what it takes to find the records. */
  readonly memory: number;
  readonly #bytes: Buffer;
  readonly #offsets: Float64Array;
  readonly #timestamps: Float64Array;
  /** Where the length of the key is. */
  readonly #keys: Int32Array;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;

  /** Those with offsets in `[from, until)`. Throws an error of kafkajs where a batch can't be read. */
  constructor(batches: readonly RecordBatch[], from: Position, until: Position) {
    const most = batches.reduce((sum, { count }) => sum + count, 0);
    this.#bytes = batches[0]?.bytes ?? Buffer.alloc(0);
    this.#offsets = new Float64Array(most);
    this.#timestamps = new Float64Array(most);
    this.#keys = new Int32Array(most);
    this.#starts = new Int32Array(most);
    this.#ends = new Int32Array(most);
    let length = 0;
    for (const batch of batches) length = this.#find(batch, length, from, until);
    this.length = length;
    const bytes = batches.reduce((sum, { start, end }) => sum + end - start, 0);
    this.memory = bytes + most * PLACE_BYTES;
  }

  offset(index: number): Position {
    return this.#offsets[index]!;
  }

  /** Negative if it has none. */
  timestamp(index: number): Millis {
    return this.#timestamps[index]!;
  }

  /** The value as text; null is a tombstone. Throws DataError `decode` if it is not UTF-8. */
  text(index: number): string | null {
    const end = this.#ends[index]!;
    return end === NULL ? null : decodeUtf8(this.#bytes, this.#starts[index]!, end);
  }

  value(index: number): Buffer | null {
    const end = this.#ends[index]!;
    return end === NULL ? null : this.#bytes.subarray(this.#starts[index]!, end);
  }

  key(index: number): Buffer | null {
    return new FieldReader(this.#bytes, this.#keys[index]!).bytes();
  }

  /** A header that is there more than once has all its values; one without a value is undefined. */
  headers(index: number): Headers {
    const reader = new FieldReader(this.#bytes, this.#endOf(index));
    const headers = new Map<string, (Buffer | undefined)[]>();
    for (let left = reader.number(); left > 0; left--) {
      const name = reader.bytes()?.toString('utf8') ?? '';
      headers.set(name, [...(headers.get(name) ?? []), reader.bytes() ?? undefined]);
    }
    return Object.fromEntries([...headers].map(([name, values]) => [name, onlyOrAll(values)]));
  }

  /** Key and value in bytes, with their lengths. */
  size(index: number): number {
    return this.#endOf(index) - this.#keys[index]!;
  }

  /** Where the value ends, and the headers begin. */
  #endOf(index: number): number {
    const end = this.#ends[index]!;
    return end === NULL ? this.#starts[index]! : end;
  }

  /** Notes where the batch's records are, behind `length` that are found already. Tells how many there are then. */
  #find(batch: RecordBatch, length: number, from: Position, until: Position): number {
    const { firstOffset, firstTimestamp, appendTime, end } = batch;
    const reader = new FieldReader(batch.bytes, batch.start);
    let found = length;
    for (let left = batch.count; left > 0; left--) {
      const size = reader.number();
      const next = reader.at + size;
      if (size < LEAST_BYTES || next > end) throw unreadableBatch('a record goes on behind its end');
      // Its attributes, which mean nothing yet.
      reader.at++;
      const timestamp = firstTimestamp + reader.number();
      const offset = firstOffset + reader.number();
      this.#offsets[found] = offset;
      this.#timestamps[found] = appendTime ?? timestamp;
      this.#keys[found] = reader.at;
      reader.skipBytes();
      const valueLength = reader.number();
      this.#starts[found] = reader.at;
      this.#ends[found] = valueLength < 0 ? NULL : reader.at + valueLength;
      if (reader.at + valueLength > next) throw unreadableBatch('a value goes on behind its record');
      reader.at = next;
      if (offset >= from && offset < until) found++;
    }
    return found;
  }
}

function onlyOrAll(values: readonly (Buffer | undefined)[]): Headers[string] {
  return values.length === 1 ? values[0] : values.filter((value) => value !== undefined);
}
