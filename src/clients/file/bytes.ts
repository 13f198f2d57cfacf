import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { type Compression, gunzip } from '../../codecs/compression.ts';
import type { Position } from '../../event.ts';

/** Large enough that the cost of a read is nothing beside that of decoding what it brings. */
const CHUNK = 256 * 1024;

/** A stream of bytes, read on demand. */
export interface Bytes {
  /** The next bytes, a buffer of their own; null at the end, after which a file that grows may give more. */
  read(): Promise<Buffer | null>;
  close(): Promise<void>;
}

/** The bytes of a file from `position` on; null reads on from where it stands, as it must for what can't seek. */
export async function openBytes(
  path: string,
  compression: Compression,
  position: Position | null,
): Promise<Bytes> {
  const handle = await open(path);
  if (compression === 'none') return new FileBytes(handle, position);
  const packed = createReadStream('', { fd: handle, highWaterMark: CHUNK });
  // What goes wrong in either stream is thrown by reading the last one.
  return new StreamBytes(pipeline(packed, gunzip(CHUNK), () => undefined));
}

class FileBytes implements Bytes {
  readonly #handle: FileHandle;
  #position: Position | null;

  constructor(handle: FileHandle, position: Position | null) {
    this.#handle = handle;
    this.#position = position;
  }

  async read(): Promise<Buffer | null> {
    const buffer = Buffer.allocUnsafeSlow(CHUNK);
    const { bytesRead } = await this.#handle.read(buffer, 0, CHUNK, this.#position);
    if (this.#position !== null) this.#position += bytesRead;
    return bytesRead === 0 ? null : buffer.subarray(0, bytesRead);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** The bytes of a stream of buffers. */
export class StreamBytes implements Bytes {
  readonly #stream: Readable;
  readonly #chunks: AsyncIterator<Buffer>;

  constructor(stream: Readable) {
    this.#stream = stream;
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  async read(): Promise<Buffer | null> {
    const { done, value } = await this.#chunks.next();
    return done ? null : value;
  }

  async close(): Promise<void> {
    this.#stream.destroy();
  }
}
