import { join } from 'node:path';
import { type Database, sqliteFailure } from '../clients/sqlite.ts';
import type { Clock, Millis } from '../clock.ts';

const TRY_AGAIN: Millis = 1000;

export interface JobLock {
  release(): void;
}

/**
 * One live process a job on this machine: a SQLite lock, which the operating system lets go when the process ends,
 * however it ends. Undefined if another process holds it.
 */
export async function lockJob(folder: string): Promise<JobLock | undefined> {
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

/** For a job that is taken from a process which still lives: takes the lock as soon as that one is gone. */
export function lockLater(folder: string, clock: Clock): JobLock {
  let lock: JobLock | undefined;
  let isReleased = false;
  const stop = clock.every(TRY_AGAIN, () => void take().catch(() => undefined));

  async function take(): Promise<void> {
    const taken = await lockJob(folder);
    if (isReleased) taken?.release();
    else if (taken !== undefined) {
      lock = taken;
      stop();
    }
  }

  return {
    release() {
      isReleased = true;
      stop();
      lock?.release();
    },
  };
}
