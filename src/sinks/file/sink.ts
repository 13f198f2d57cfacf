import type { FileHandle } from 'node:fs/promises';
import { columnsOf } from '../../clients/file/columns.ts';
import { fileFailure } from '../../clients/file/failure.ts';
import { type Compression, compress } from '../../codecs/compression.ts';
import { type Encoder, encodeBatch } from '../../codecs/encoder.ts';
import { codecs } from '../../codecs/index.ts';
import type { Format } from '../../component/define.ts';
import type { Rejection, Sink, Token } from '../../component/sink.ts';
import { SpecError } from '../../errors.ts';
import type { Event } from '../../event.ts';
import { reopen } from './reopen.ts';

export interface FileSinkOptions {
  readonly path: string;
  readonly format: Format;
  readonly compression: Compression;
  readonly columns: readonly string[] | undefined;
  /** Whether a fresh start keeps what is in the file. */
  readonly append: boolean;
  /** Whether rows say what has become of their result. */
  readonly changelog: boolean;
}

/**
 * Rows at the end of a file, whose length is in the checkpoint. Compressed, each batch is a gzip member of its
 * own, so that every length between two batches is the length of a valid file.
 */
export class FileSink implements Sink {
  readonly concurrency = 1;
  readonly #options: FileSinkOptions;
  #handle: FileHandle | undefined;
  #length: number | null = null;
  #encoder!: Encoder;

  constructor(options: FileSinkOptions) {
    this.#options = options;
  }

  async open(last: Token | null): Promise<void> {
    const { path, format, compression, columns, append } = this.#options;
    const keep = last === null ? (append ? null : 0) : Number(last.length);
    try {
      const { handle, length } = await reopen(path, keep);
      this.#handle = handle;
      this.#length = length;
      const header = format === 'csv' && length ? await columnsOf(path, compression) : undefined;
      this.#encoder = codecs[format].encoder({ columns, header });
      if (last === null && length && compression === 'none') await this.#endLastLine(length);
    } catch (error) {
      throw error instanceof SpecError ? error : fileFailure(path, error);
    }
  }

  async write(batch: readonly Event[]): Promise<readonly Rejection[]> {
    const { text, rejections } = encodeBatch(this.#encoder, batch, this.#options.changelog);
    if (text !== '') await this.#append(await compress(Buffer.from(text), this.#options.compression));
    return rejections;
  }

  async prepare(): Promise<Token | null> {
    if (this.#length === null) return null;
    try {
      await this.#handle!.sync();
    } catch (error) {
      throw fileFailure(this.#options.path, error);
    }
    return { length: this.#length };
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  /** Someone else's last line may lack its end. */
  async #endLastLine(length: number): Promise<void> {
    const { buffer } = await this.#handle!.read(Buffer.alloc(1), 0, 1, length - 1);
    if (buffer[0] !== 10) await this.#append(Buffer.from('\n'));
  }

  async #append(bytes: Buffer): Promise<void> {
    try {
      for (let written = 0; written < bytes.length; ) {
        const position = this.#length === null ? null : this.#length + written;
        written += (await this.#handle!.write(bytes, written, bytes.length - written, position)).bytesWritten;
      }
    } catch (error) {
      throw fileFailure(this.#options.path, error);
    }
    if (this.#length !== null) this.#length += bytes.length;
  }
}
