import { type Database, openSqlite, SqliteTransaction } from '../../../src/clients/sqlite.ts';
import type { JoinedSink, Rejection, Sink } from '../../../src/component/sink.ts';
import type { Event } from '../../../src/event.ts';
import { testSinkHost } from '../../contracts/host.ts';

/** A joined sink as a sink: each write is a checkpoint's transaction. */
export class InTransactions implements Sink {
  readonly concurrency = 1;
  readonly #joined: JoinedSink;
  #database: Database | undefined;
  #transaction!: SqliteTransaction;

  constructor(joined: JoinedSink) {
    this.#joined = joined;
  }

  async open(): Promise<void> {
    this.#database = await openSqlite(this.#joined.file);
    this.#transaction = new SqliteTransaction(this.#database);
    await this.#joined.open(testSinkHost());
  }

  async write(batch: readonly Event[]): Promise<readonly Rejection[]> {
    return this.#database!.transaction(() => this.#joined.apply(batch, this.#transaction)).immediate();
  }

  /** Writes the batch, and gives it up together with its transaction. */
  rollBack(batch: readonly Event[]): void {
    const lost = this.#database!.transaction(() => {
      this.#joined.apply(batch, this.#transaction);
      throw new Error('given up');
    });
    try {
      lost.immediate();
    } catch {}
  }

  async prepare(): Promise<null> {
    return null;
  }

  async close(): Promise<void> {
    await this.#joined.close();
    this.#database?.close();
  }
}
