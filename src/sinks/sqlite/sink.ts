import { type Database, openSqlite, SqliteTransaction, sqliteFailure } from '../../clients/sqlite.ts';
import type { Rejection, Sink, SinkHost, Token } from '../../component/sink.ts';
import { messageOf, SpecError, TransientError, UnreachableError } from '../../errors.ts';
import type { Event } from '../../event.ts';
import { WriterFence } from './fence.ts';
import { keyOf, type TableOptions } from './layout.ts';
import { writeRows } from './rows.ts';
import { columnsOf } from './table.ts';

/**
 * Rows written in transactions of their own, one for each batch; a repeated batch writes the same rows again, and a
 * process that was taken over writes none.
 */
export class SqliteSink implements Sink {
  readonly concurrency = 1;
  readonly #file: string;
  readonly #options: TableOptions;
  #database!: Database;
  #transaction!: SqliteTransaction;
  #fence!: WriterFence;
  #host!: SinkHost;

  constructor(file: string, options: TableOptions) {
    this.#file = file;
    this.#options = options;
  }

  async open(_last: Token | null, host: SinkHost): Promise<void> {
    this.#host = host;
    this.#database = await openSqlite(this.#file);
    this.#transaction = new SqliteTransaction(this.#database);
    keyOf(this.#options, columnsOf(this.#transaction, this.#options.table));
    this.#fence = new WriterFence(host, this.#transaction);
    try {
      this.#fence.claim();
    } catch (error) {
      throw sqliteFailure(error, this.#database);
    }
  }

  async write(batch: readonly Event[]): Promise<readonly Rejection[]> {
    try {
      return this.#database
        .transaction(() => {
          this.#fence.check();
          return writeRows(this.#options, batch, this.#transaction, this.#host.isReplayed);
        })
        .immediate();
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** Each batch was durable when `write` resolved. */
  async prepare(): Promise<null> {
    return null;
  }

  async close(): Promise<void> {
    this.#database?.close();
  }

  #failure(error: unknown): unknown {
    if (error instanceof SpecError) return error;
    const code = String((error as { code?: unknown }).code ?? '');
    if (/^SQLITE_(BUSY|LOCKED)/.test(code))
      return new TransientError(messageOf(error), { answered: true, cause: error });
    if (code.startsWith('SQLITE_'))
      return new UnreachableError(`sqlite:${this.#file}`, messageOf(error), { cause: error });
    return error;
  }
}
