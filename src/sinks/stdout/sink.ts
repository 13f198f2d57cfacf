import type { Writable } from 'node:stream';
import { type Encoder, encodeBatch } from '../../codecs/encoder.ts';
import type { Rejection, Sink } from '../../component/sink.ts';
import { messageOf, OutputClosed, UnreachableError } from '../../errors.ts';
import type { Event } from '../../event.ts';
import { sanitizeLines } from '../../terminal.ts';

/** Rows on a stream: as fast as its reader takes them, and no faster. */
export class StdoutSink implements Sink {
  readonly concurrency = 1;
  readonly #stream: Writable & { isTTY?: boolean };
  readonly #encoder: Encoder;
  readonly #changelog: boolean;

  constructor(stream: Writable & { isTTY?: boolean }, encoder: Encoder, changelog = false) {
    this.#changelog = changelog;
    this.#stream = stream;
    this.#encoder = encoder;
  }

  async open(): Promise<void> {
    // A failed write is told to its own callback; without a listener the stream would end the process as well.
    this.#stream.on('error', ignore);
  }

  async write(batch: readonly Event[]): Promise<readonly Rejection[]> {
    const { text, rejections } = encodeBatch(this.#encoder, batch, this.#changelog);
    if (text !== '') await this.#put(this.#stream.isTTY ? sanitizeLines(text) : text);
    return rejections;
  }

  async prepare(): Promise<null> {
    return null;
  }

  async close(): Promise<void> {}

  #put(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stream.write(text, (error) => (error ? reject(failure(error)) : resolve()));
    });
  }
}

function ignore(): void {}

function failure(error: NodeJS.ErrnoException): Error {
  if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED')
    return new OutputClosed('whoever read standard output has closed it');
  return new UnreachableError('stdout', messageOf(error), { cause: error });
}
