import { DataError } from '../errors.ts';
import type { Headers, JsonObject, PartitionId, Position, Records } from '../event.ts';
import { type Chunk, MAX_ROW, TOO_LONG } from './chunk.ts';
import { type Columns, decodeRow } from './csv.ts';
import { decodeUtf8 } from './utf8.ts';

const NO_HEADERS: Headers = {};

/** Rows of a chunk as records. */
export class FramedRecords implements Records {
  readonly partition: PartitionId;
  readonly length: number;
  readonly #chunk: Chunk;
  readonly #from: number;

  constructor(partition: PartitionId, chunk: Chunk, from: number, length: number) {
    this.partition = partition;
    this.length = length;
    this.#chunk = chunk;
    this.#from = from;
  }

  text(index: number): string {
    const { bytes, text, starts, ends, isTooLong } = this.#chunk;
    const start = starts[this.#from + index]!;
    const end = ends[this.#from + index]!;
    // Also a row that came whole, so that it does not matter how the bytes were cut.
    if (isTooLong || end - start > MAX_ROW)
      throw new DataError(TOO_LONG, `the row is longer than ${MAX_ROW} bytes`);
    return text === undefined ? decodeUtf8(bytes, start, end) : text.slice(start, end);
  }

  bytes(index: number): Uint8Array {
    const { bytes, starts, ends } = this.#chunk;
    // A copy: a dead letter that is kept for long must not keep the whole chunk.
    return Uint8Array.from(bytes.subarray(starts[this.#from + index]!, ends[this.#from + index]!));
  }

  size(index: number): number {
    return this.#chunk.ends[this.#from + index]! - this.#chunk.starts[this.#from + index]!;
  }

  key(): null {
    return null;
  }

  headers(): Headers {
    return NO_HEADERS;
  }

  timestamp(): null {
    return null;
  }

  offset(index: number): Position {
    return this.#chunk.base + this.#chunk.starts[this.#from + index]!;
  }

  next(index: number): Position {
    const following = this.#from + index + 1;
    const { starts, base, end } = this.#chunk;
    return following < starts.length ? base + starts[following]! : end;
  }
}

/** Rows of CSV below the header that names their columns. */
export class CsvRecords extends FramedRecords {
  readonly columns: Columns;

  constructor(columns: Columns, ...rows: ConstructorParameters<typeof FramedRecords>) {
    super(...rows);
    this.columns = columns;
  }

  value(index: number): JsonObject {
    return decodeRow(this.columns, this.text(index));
  }
}
