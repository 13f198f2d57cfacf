import { join } from 'node:path';
import { type Database, sqliteFailure } from '../clients/sqlite.ts';

/**
 * One live process a job on this machine: a SQLite lock, which the operating system lets go when the process ends,
 * however it ends. Undefined if another process holds it.
 */
export async function lockJob(folder: string): Promise<{ release(): void } | undefined> {
  const { default: Sqlite } = await import('better-sqlite3');
  const database: Database = new Sqlite(join(folder, 'lock.db'), { timeout: 0 });
  try {
    database.pragma('locking_mode = EXCLUSIVE');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { code?: string }).code === 'SQLITE_BUSY') return undefined;
    throw sqliteFailure(error, database);
  }
  return { release: () => database.close() };
}
