import { randomUUID } from 'node:crypto';
import type { LocalTransaction, SinkHost } from '../../component/sink.ts';
import { TakenOverError } from '../../errors.ts';

/** Lets only the process that opened a sink last write to its database: one that was taken over wakes too late. */
export class WriterFence {
  readonly #host: Pick<SinkHost, 'job' | 'name'>;
  readonly #transaction: LocalTransaction;
  readonly #writer = randomUUID();

  constructor(host: Pick<SinkHost, 'job' | 'name'>, transaction: LocalTransaction) {
    this.#host = host;
    this.#transaction = transaction;
  }

  /** Shuts out whoever opened the sink before. */
  claim(): void {
    const { job, name } = this.#host;
    this.#transaction.run(
      'CREATE TABLE IF NOT EXISTS sluice_writers (job TEXT, sink TEXT, writer TEXT NOT NULL, PRIMARY KEY (job, sink))',
      [],
    );
    this.#transaction.run('INSERT OR REPLACE INTO sluice_writers VALUES (?, ?, ?)', [
      job,
      name,
      this.#writer,
    ]);
  }

  /** In the transaction that writes. Throws TakenOverError. */
  check(): void {
    const { job, name } = this.#host;
    const sql = 'SELECT 1 FROM sluice_writers WHERE job = ? AND sink = ? AND writer = ?';
    if (this.#transaction.all(sql, [job, name, this.#writer]).length === 0) throw new TakenOverError(job);
  }
}
