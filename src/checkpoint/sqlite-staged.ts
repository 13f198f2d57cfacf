import { crc32 } from 'node:zlib';
import type { Database } from '../clients/sqlite.ts';
import type { LocalTransaction } from '../component/sink.ts';
import type { Checkpoint, StagedChunk } from './store.ts';

interface Row extends StagedChunk {
  readonly checksum: number;
}

/** The table of staged rows: those of the newest checkpoint, which may not have been delivered yet. */
export class SqliteStaged {
  create(database: Database): void {
    database.exec(`CREATE TABLE IF NOT EXISTS sluice_staged (
      job TEXT NOT NULL, number INTEGER NOT NULL, sink TEXT NOT NULL, part INTEGER NOT NULL,
      checksum INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (job, number, sink, part))`);
  }

  save(transaction: LocalTransaction, job: string, number: number, chunks: readonly StagedChunk[]): void {
    for (const { sink, part, bytes } of chunks) {
      transaction.run('INSERT INTO sluice_staged VALUES (?, ?, ?, ?, ?, ?)', [
        job,
        number,
        sink,
        part,
        crc32(bytes),
        bytes,
      ]);
    }
  }

  /** Forgets the rows of checkpoints before `number`: a checkpoint is saved when those of the last are delivered. */
  dropBefore(transaction: LocalTransaction, job: string, number: number): void {
    transaction.run('DELETE FROM sluice_staged WHERE job = ? AND number < ?', [job, number]);
  }

  /** Forgets what was written for `number` and later: a fresh start, or going on from an older checkpoint. */
  dropFrom(transaction: LocalTransaction, job: string, number: number): void {
    transaction.run('DELETE FROM sluice_staged WHERE job = ? AND number >= ?', [job, number]);
  }

  load(database: Database, job: string, number: number): readonly StagedChunk[] {
    return this.#rows(database, job, number);
  }

  /** Throws if what the newest checkpoint holds is not all there, as it was written. */
  verify(database: Database, job: string, { number, staged = {} }: Checkpoint): void {
    const rows = this.#rows(database, job, number);
    for (const [sink, parts] of Object.entries(staged)) {
      const found = rows.filter((row) => row.sink === sink && row.checksum === crc32(row.bytes));
      if (found.length !== parts) throw new Error(`the rows of ${sink} in checkpoint ${number} are damaged`);
    }
  }

  #rows(database: Database, job: string, number: number): Row[] {
    return database
      .prepare<[string, number], Row>(
        'SELECT sink, part, checksum, bytes FROM sluice_staged WHERE job = ? AND number = ? ORDER BY sink, part',
      )
      .all(job, number);
  }
}
