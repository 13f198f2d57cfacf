import type { Position } from '../event.ts';
import type { Framer } from './framing.ts';

/** A longer row is cut short and refused, so that a file without line ends does not fill the memory. */
export const MAX_ROW = 16 * 1024 * 1024;

/** `DataError.code` of a row that is longer: its letter holds but the start of it. */
export const TOO_LONG = 'too_long';

/** As much of a row that is too long as its dead letter holds. */
const KEPT_OF_LONG_ROW = 64 * 1024;

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Some bytes of a stream with the rows in them. Positions count the bytes of the stream. */
export interface Chunk {
  readonly bytes: Buffer;
  /** The same as text, where one character is one byte: to cut rows from it is cheaper than to decode each. */
  readonly text?: string | undefined;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** The position of the first byte. */
  readonly base: Position;
  /** Where to resume once all rows are done with. */
  readonly end: Position;
  /** Whether the one row is but the start of a row that is longer than MAX_ROW. */
  readonly isTooLong?: boolean;
}

/** Cuts a stream of bytes, however it comes in pieces, into chunks of whole rows. */
export class Chunker {
  readonly #frame: Framer;
  readonly #maxRow: number;
  #rest: Buffer = Buffer.alloc(0);
  /** The position of `#rest`. */
  #position: Position;
  /** The start of a row that is too long, until its end is found. */
  #long: { readonly head: Buffer; readonly base: Position } | undefined;

  constructor(frame: Framer, position: Position, maxRow = MAX_ROW) {
    this.#frame = frame;
    this.#position = position;
    this.#maxRow = maxRow;
  }

  /** How far the stream has been taken in. */
  get position(): Position {
    return this.#position + this.#rest.length;
  }

  /** Takes the next bytes, which must not change afterwards. */
  push(bytes: Buffer): Chunk[] {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const chunks = this.#long === undefined ? [] : this.#endLongRow();
    if (this.#long === undefined) chunks.push(...this.#cut(false));
    if (this.#rest.length > this.#maxRow) this.#beginLongRow();
    return chunks;
  }

  /** At the end of the stream: what remains is a row. */
  end(): Chunk[] {
    return this.#long === undefined ? this.#cut(true) : [this.#longRow(this.#rest.length)];
  }

  #cut(final: boolean): Chunk[] {
    this.#skipByteOrderMark();
    const bytes = this.#rest;
    const base = this.#position;
    const { starts, ends, consumed } = this.#frame(bytes, final);
    this.#advance(consumed);
    return starts.length === 0 ? [] : [{ bytes, starts, ends, base, end: this.#position }];
  }

  #skipByteOrderMark(): void {
    const isMarked = this.#position === 0 && this.#rest.subarray(0, 3).equals(BYTE_ORDER_MARK);
    if (isMarked) this.#advance(BYTE_ORDER_MARK.length);
  }

  #beginLongRow(): void {
    this.#long ??= { head: Buffer.from(this.#rest.subarray(0, KEPT_OF_LONG_ROW)), base: this.#position };
    this.#advance(this.#rest.length);
  }

  #endLongRow(): Chunk[] {
    const newline = this.#rest.indexOf(10);
    if (newline !== -1) return [this.#longRow(newline + 1)];
    this.#advance(this.#rest.length);
    return [];
  }

  #longRow(remaining: number): Chunk {
    const { head, base } = this.#long!;
    this.#long = undefined;
    this.#advance(remaining);
    return { bytes: head, starts: [0], ends: [head.length], base, end: this.#position, isTooLong: true };
  }

  #advance(count: number): void {
    this.#position += count;
    this.#rest = this.#rest.subarray(count);
  }
}
