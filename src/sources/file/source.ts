import { openBytes } from '../../clients/file/bytes.ts';
import { columnsOf } from '../../clients/file/columns.ts';
import { fileFailure } from '../../clients/file/failure.ts';
import { hasRows } from '../../clients/file/has-rows.ts';
import type { Compression } from '../../codecs/compression.ts';
import { RowReader } from '../../codecs/rows.ts';
import type { Format } from '../../component/define.ts';
import type { Source, SourceHost } from '../../component/source.ts';
import { SpecError, UnreachableError } from '../../errors.ts';
import type { PartitionId, Position, Positions, Records } from '../../event.ts';
import { type InputFile, listFiles, statOf } from './files.ts';
import { ReadAhead } from './read-ahead.ts';

/** How often the end of a followed file is looked at. */
const FOLLOW_INTERVAL = 250;

export interface FileSourceOptions {
  readonly path: string;
  readonly format: Format;
  readonly follow: boolean;
  readonly compression: (path: string) => Compression;
}

/**
 * Files as partitions. Bounded, they are read one after the other, so that the order of their events is the same in
 * every run; followed, all at once. Positions are bytes, of what the file holds once decompressed.
 */
export class FileSource implements Source {
  readonly #options: FileSourceOptions;
  readonly #ahead = new ReadAhead((path) => this.#host.ended(path));
  readonly #closed = new AbortController();
  #host!: SourceHost;
  #files: readonly InputFile[] = [];
  #ends: Positions | undefined;
  #reading: Promise<void> = Promise.resolve();

  constructor(options: FileSourceOptions) {
    this.#options = options;
  }

  async open(resume: Positions, host: SourceHost): Promise<void> {
    this.#host = host;
    this.#files = await listFiles(this.#options.path);
    this.#ends = this.#endsOf(this.#files);
    const paths = this.#files.map(({ path }) => path);
    const gone = Object.keys(resume).find((partition) => !paths.includes(partition));
    if (gone !== undefined)
      throw new SpecError('the file was being read and is gone', { place: gone, hint: 'put it back' });
    const packed = paths.find((name) => this.#options.compression(name) !== 'none');
    if (this.#options.follow && packed !== undefined)
      throw new SpecError('a compressed file can not be followed', {
        place: packed,
        hint: 'let the pattern match files without compression only',
      });
    const positions = await host.assigned(paths);
    for (const file of this.#files) this.#checkLength(file, positions[file.path] ?? 0);
    if (!this.#options.follow) await this.#tellEmpty(positions);
    this.#reading = this.#readAll(positions).then(
      () => this.#ahead.end(),
      (error) => {
        if (!this.#closed.signal.aborted) host.fail(error);
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

  pause(partition?: PartitionId): void {
    this.#ahead.pause(partition);
  }

  resume(partition?: PartitionId): void {
    this.#ahead.resume(partition);
  }

  ends(): Positions | undefined {
    return this.#ends;
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#ahead.close();
    await this.#reading;
  }

  /** Asked for with every run that is processed, and so made once. */
  #endsOf(files: readonly InputFile[]): Positions | undefined {
    if (this.#options.follow || !files.every((file) => this.#isSeekable(file))) return undefined;
    return Object.fromEntries(files.map(({ path, size }) => [path, size]));
  }

  /** Whether the file's own bytes are what positions count, and can be read from anywhere. */
  #isSeekable({ path, isRegular }: InputFile): boolean {
    return isRegular && this.#options.compression(path) === 'none';
  }

  #checkLength(file: InputFile, position: Position): void {
    if (this.#isSeekable(file) && file.size < position) throw shortened(file.path, position);
  }

  /**
   * Files that hold no rows, so that one that stands behind the others does not hold back event time until its turn. A
   * pipe can't be looked into beforehand.
   */
  async #tellEmpty(positions: Positions): Promise<void> {
    for (const file of this.#files.slice(1)) {
      if (file.isRegular && !positions[file.path] && !(await this.#hasRows(file)))
        this.#host.ended(file.path);
    }
  }

  async #hasRows({ path, size }: InputFile): Promise<boolean> {
    if (size === 0) return false;
    try {
      return await hasRows(path, this.#options.format, this.#options.compression(path));
    } catch (error) {
      throw error instanceof SpecError ? error : fileFailure(path, error);
    }
  }

  async #readAll(positions: Positions): Promise<void> {
    if (this.#options.follow) {
      await Promise.all(this.#files.map((file) => this.#read(file, positions[file.path] ?? 0)));
      return;
    }
    for (const file of this.#files) await this.#read(file, positions[file.path] ?? 0);
  }

  async #read(file: InputFile, resume: Position): Promise<void> {
    try {
      await this.#readRows(file, resume);
    } catch (error) {
      if (error instanceof SpecError || error instanceof UnreachableError) throw error;
      throw fileFailure(file.path, error);
    }
  }

  async #readRows(file: InputFile, resume: Position): Promise<void> {
    const { path } = file;
    const { format, follow } = this.#options;
    const compression = this.#options.compression(path);
    const isSeekable = this.#isSeekable(file);
    const start = isSeekable ? resume : 0;
    const columns = format === 'csv' && start > 0 ? await columnsOf(path, 'none') : undefined;
    const rows = new RowReader({ partition: path, format, start, resume, columns });
    const bytes = await openBytes(path, compression, isSeekable ? start : null);
    try {
      while (await this.#ahead.room(path)) {
        const more = await bytes.read();
        if (more !== null) this.#ahead.push(rows.take(more));
        else if (follow) await this.#awaitGrowth(file, rows.position);
        else {
          this.#ahead.push(rows.end());
          if (rows.position < resume) throw shortened(path, resume);
          this.#ahead.endOf(path);
          return;
        }
      }
    } finally {
      await bytes.close();
    }
  }

  /**
   * Waits until the file is longer than `position`. A file that was cut or replaced ends the job: positions in it mean
   * nothing any more, and what it held behind them can't be told from what was read.
   */
  async #awaitGrowth({ path, inode }: InputFile, position: Position): Promise<void> {
    this.#host.status(path, 'idle');
    while (!this.#closed.signal.aborted) {
      const { size, ino } = await statOf(path);
      if (ino !== inode) throw changed(path, 'was replaced by another file');
      if (size < position) throw changed(path, 'was cut short');
      if (size > position) break;
      await this.#host.clock.sleep(FOLLOW_INTERVAL, this.#closed.signal);
    }
    this.#host.status(path, 'active');
  }
}

function shortened(path: string, position: Position): SpecError {
  return new SpecError(`${path} is shorter than ${position} bytes, where the checkpoint stands`, {
    hint: 'put the file back as it was, or start the job afresh: its own command with --restart',
  });
}

function changed(path: string, what: string): UnreachableError {
  return new UnreachableError(`file:${path}`, `${path} ${what} while it was followed`, {
    hint: 'start the job again with --restart to read the new file from its start',
  });
}
