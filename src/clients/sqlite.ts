import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database, Statement } from 'better-sqlite3';
import type { LocalTransaction } from '../component/sink.ts';
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

/** What SQLite says of a file that it can't use now, as an UnreachableError; anything else as it is. */
export function sqliteFailure(file: string, error: unknown): unknown {
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  if (!/^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB)/.test(code)) return error;
  const hint = /^SQLITE_(BUSY|LOCKED)/.test(code)
    ? 'another process is in the middle of writing to it; end that one, then try again'
    : undefined;
  return new UnreachableError(`sqlite:${file}`, messageOf(error), { hint, cause: error });
}

/** A name as SQL: quoted, whatever it holds. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Statements on one connection, each prepared once. Whoever holds it begins and ends the transaction. */
export class SqliteTransaction implements LocalTransaction {
  readonly #database: Database;
  readonly #statements = new Map<string, Statement<unknown[]>>();

  constructor(database: Database) {
    this.#database = database;
  }

  run(sql: string, parameters: readonly unknown[]): { changes: number } {
    return this.#prepared(sql).run(parameters);
  }

  all(sql: string, parameters: readonly unknown[]): readonly unknown[] {
    return this.#prepared(sql).all(parameters);
  }

  #prepared(sql: string): Statement<unknown[]> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare<unknown[]>(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
