import { KafkaJSNonRetriableError } from './kafkajs.ts';

/** A signed integer of 64 bits; exact below 2^53, where offsets and times stay. */
export function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
}

/** After this error kafkajs does not try again, which would only bring the same bytes. */
export function unreadableBatch(why: string): Error {
  return new KafkaJSNonRetriableError(`a batch of records can't be read: ${why}`);
}

/** Reads a record's fields, one after the other. Its numbers are varints, ZigZag encoded, as in Protocol Buffers. */
export class FieldReader {
  at: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** A signed integer; exact below 2^53. */
  number(): number {
    const bytes = this.#bytes;
    const first = bytes[this.at++]!;
    // Most are lengths and differences of less than 64.
    if (first < 0x80) return (first >>> 1) ^ -(first & 1);
    let raw = first & 0x7f;
    for (let scale = 2 ** 7; scale <= 2 ** 63; scale *= 2 ** 7) {
      const byte = bytes[this.at++];
      if (byte === undefined) break;
      raw += (byte & 0x7f) * scale;
      if (byte < 0x80) return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
    }
    throw unreadableBatch('a number in it has no end');
  }

  /** Bytes with their length in front; null where that is -1. */
  bytes(): Buffer | null {
    const length = this.number();
    if (length < 0) return null;
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  /** Passes over bytes with their length in front; tells the length. */
  skipBytes(): number {
    const length = this.number();
    if (length > 0) this.at += length;
    return length;
  }
}

/** Reads the fields of an answer, one after the other: https://kafka.apache.org/protocol#protocol_types. */
export class ResponseReader {
  readonly bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  int16(): number {
    return this.bytes.readInt16BE(this.skip(2));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.skip(4));
  }

  int64(): number {
    return readInt64(this.bytes, this.skip(8));
  }

  string(): string {
    const length = this.int16();
    const start = this.skip(length);
    return this.bytes.toString('utf8', start, start + length);
  }

  async array<Element>(read: () => Element | Promise<Element>): Promise<Element[]> {
    const elements: Element[] = [];
    for (let left = this.int32(); left > 0; left--) elements.push(await read());
    return elements;
  }

  /** Passes over so many bytes; tells where they begin. */
  skip(length: number): number {
    this.#at += length;
    return this.#at - length;
  }
}
