import { isAscii } from 'node:buffer';
import type { Format } from '../component/define.ts';
import { DataError, SpecError } from '../errors.ts';
import type { PartitionId, Position, Records } from '../event.ts';
import { type Chunk, Chunker } from './chunk.ts';
import { type Columns, readHeader } from './csv.ts';
import { CsvRecords, FramedRecords } from './framed-records.ts';
import { framerFor } from './framing.ts';

/** Some rows of a partition that have been read and wait to be polled. */
export interface Rows {
  readonly partition: PartitionId;
  readonly chunk: Chunk;
  /** CSV's columns. */
  readonly columns: Columns | undefined;
}

/** `length` of the rows as records, from the row `from` on. */
export function recordsOf({ partition, chunk, columns }: Rows, from: number, length: number): Records {
  return columns === undefined
    ? new FramedRecords(partition, chunk, from, length)
    : new CsvRecords(columns, partition, chunk, from, length);
}

export interface RowReaderOptions {
  readonly partition: PartitionId;
  readonly format: Format;
  /** The position of the first byte to come. */
  readonly start: Position;
  /** Rows before it are passed over. */
  readonly resume: Position;
  /** For CSV that does not start with its header. */
  readonly columns?: Columns | undefined;
}

/** Turns the bytes of a partition, however they come in pieces, into rows. */
export class RowReader {
  readonly #options: RowReaderOptions;
  readonly #chunker: Chunker;
  #columns: Columns | undefined;

  constructor(options: RowReaderOptions) {
    this.#options = options;
    this.#chunker = new Chunker(framerFor(options.format), options.start);
    this.#columns = options.columns;
  }

  /** Known once the header has been read. */
  get columns(): Columns | undefined {
    return this.#columns;
  }

  /** How far the bytes have been taken in. */
  get position(): Position {
    return this.#chunker.position;
  }

  /** Throws SpecError for a bad header. */
  take(bytes: Buffer): Rows[] {
    return this.#chunker.push(bytes).flatMap((chunk) => this.#rows(chunk));
  }

  /** The bytes are at their end. */
  end(): Rows[] {
    return this.#chunker.end().flatMap((chunk) => this.#rows(chunk));
  }

  #rows(whole: Chunk): Rows[] {
    const { format, partition, resume } = this.#options;
    const chunk = format === 'csv' && this.#columns === undefined ? this.#takeHeader(whole) : whole;
    const { starts, base } = chunk;
    const from = base >= resume ? 0 : starts.findIndex((start) => base + start >= resume);
    if (from === -1 || starts.length === 0) return [];
    const rows = withText(from === 0 ? chunk : without(chunk, from), format);
    return [{ partition, chunk: rows, columns: this.#columns }];
  }

  #takeHeader(chunk: Chunk): Chunk {
    const { partition: place } = this.#options;
    try {
      this.#columns = readHeader(new FramedRecords(place, chunk, 0, 1).text(0));
    } catch (error) {
      if (error instanceof SpecError) throw new SpecError(error.message, { place, hint: error.hint });
      if (!(error instanceof DataError)) throw error;
      throw new SpecError(`the CSV header can't be read: ${error.message}`, { place });
    }
    return without(chunk, 1);
  }
}

/** The chunk without its first `count` rows. */
function without(chunk: Chunk, count: number): Chunk {
  return { ...chunk, starts: chunk.starts.slice(count), ends: chunk.ends.slice(count) };
}

/** A slice keeps the whole text alive: only JSON's values are never slices of what they were parsed from. */
function withText(chunk: Chunk, format: Format): Chunk {
  return format === 'json' && isAscii(chunk.bytes)
    ? { ...chunk, text: chunk.bytes.toString('latin1') }
    : chunk;
}
