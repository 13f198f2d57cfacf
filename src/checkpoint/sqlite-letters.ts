import { type Database, quoteName } from '../clients/sqlite.ts';
import type { LocalTransaction } from '../component/sink.ts';
import type { DeadLetter } from './dead-letter.ts';

const schema = (table: string) => `
CREATE TABLE IF NOT EXISTS ${quoteName(table)} (
  job TEXT NOT NULL, id TEXT NOT NULL, epoch INTEGER NOT NULL, source TEXT NOT NULL, "partition" TEXT NOT NULL,
  position INTEGER NOT NULL, node TEXT NOT NULL, reason TEXT NOT NULL, message TEXT NOT NULL,
  retryable INTEGER NOT NULL, attempts INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
  bytes BLOB, key BLOB, headers TEXT NOT NULL, PRIMARY KEY (job, id)
) WITHOUT ROWID;`;

export function createLetterTable(database: Database, table: string): void {
  database.exec(schema(table));
}

export function saveLetters(
  transaction: LocalTransaction,
  table: string,
  letters: readonly DeadLetter[],
): void {
  const insert = `INSERT OR REPLACE INTO ${quoteName(table)} VALUES (${Array(16).fill('?').join(', ')})`;
  for (const letter of letters) {
    transaction.run(insert, [
      letter.job,
      letter.id,
      letter.epoch,
      letter.source,
      letter.partition,
      letter.position,
      letter.node,
      letter.error.code,
      letter.error.message,
      letter.error.retryable ? 1 : 0,
      letter.attempts,
      letter.firstAt,
      letter.lastAt,
      letter.bytes,
      letter.key,
      JSON.stringify(letter.headers),
    ]);
  }
}
