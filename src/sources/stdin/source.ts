import type { Readable } from 'node:stream';
import { StreamBytes } from '../../clients/file/bytes.ts';
import { RowReader } from '../../codecs/rows.ts';
import type { Format } from '../../component/define.ts';
import { type Source, type SourceHost, START } from '../../component/source.ts';
import { messageOf, UnreachableError } from '../../errors.ts';
import type { PartitionId, Positions, Records } from '../../event.ts';
import { ReadAhead } from '../file/read-ahead.ts';

const PARTITION: PartitionId = '0';

/** A stream that is read once, from where it stands. */
export class StdinSource implements Source {
  readonly #bytes: StreamBytes;
  readonly #format: Format;
  readonly #ahead = new ReadAhead();
  #isClosed = false;

  constructor(stream: Readable, format: Format) {
    this.#bytes = new StreamBytes(stream);
    this.#format = format;
  }

  /** What a recovered job reads is other bytes: they are counted on, so that no event takes the identity of an old one. */
  async open(_resume: Positions, host: SourceHost): Promise<void> {
    const { [PARTITION]: start = START } = await host.assigned([PARTITION]);
    const rows = new RowReader({ partition: PARTITION, format: this.#format, start, resume: start });
    void this.#read(rows).then(
      () => this.#ahead.end(),
      (error) => {
        if (!this.#isClosed) host.fail(error);
      },
    );
  }

  poll(maxRecords: number, maxBytes: number): Records | undefined {
    return this.#ahead.poll(maxRecords, maxBytes);
  }

  ready(signal: AbortSignal): Promise<void> {
    return this.#ahead.ready(signal);
  }

  get ended(): boolean {
    return this.#ahead.isDrained;
  }

  pause(): void {
    this.#ahead.pause();
  }

  resume(): void {
    this.#ahead.resume();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#ahead.close();
    // The read in flight is not awaited: whoever writes to stdin may never write again.
    await this.#bytes.close();
  }

  async #read(rows: RowReader): Promise<void> {
    while (await this.#ahead.room(PARTITION)) {
      const more = await this.#next();
      this.#ahead.push(more === null ? rows.end() : rows.take(more));
      if (more === null) return;
    }
  }

  async #next(): Promise<Buffer | null> {
    try {
      return await this.#bytes.read();
    } catch (error) {
      throw new UnreachableError('stdin', messageOf(error), { cause: error });
    }
  }
}
