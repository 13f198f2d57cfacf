import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import { messageOf, UnreachableError } from '../errors.ts';

export type { Database };

/**
 * Opens a database as sluice wants it: WAL, every commit durable, other writers waited for. Creates the file and its
 * folders. Throws UnreachableError if it can't be opened or is no database.
 */
export async function openSqlite(file: string): Promise<Database> {
  const { default: Sqlite } = await import('better-sqlite3');
  try {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
    const database = new Sqlite(file, { timeout: 5000 });
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    return database;
  } catch (error) {
    throw new UnreachableError(`sqlite:${file}`, messageOf(error), { cause: error });
  }
}

/** A name as SQL: quoted, whatever it holds. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
