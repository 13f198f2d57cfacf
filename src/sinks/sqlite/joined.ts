import { openSqlite, SqliteTransaction } from '../../clients/sqlite.ts';
import type { JoinedSink, LocalTransaction, Rejection, SinkHost } from '../../component/sink.ts';
import type { Event } from '../../event.ts';
import { keyOf, type TableOptions } from './layout.ts';
import { writeRows } from './rows.ts';
import { columnsOf } from './table.ts';

/** Rows written in the checkpoint's own transaction. */
export class JoinedSqliteSink implements JoinedSink {
  readonly file: string;
  readonly #options: TableOptions;
  #host!: SinkHost;

  constructor(file: string, options: TableOptions) {
    this.file = file;
    this.#options = options;
  }

  async open(host: SinkHost): Promise<void> {
    this.#host = host;
    const database = await openSqlite(this.file);
    try {
      keyOf(this.#options, columnsOf(new SqliteTransaction(database), this.#options.table));
    } finally {
      database.close();
    }
  }

  apply(batch: readonly Event[], transaction: LocalTransaction): readonly Rejection[] {
    return writeRows(this.#options, batch, transaction, this.#host.isReplayed);
  }

  async close(): Promise<void> {}
}
