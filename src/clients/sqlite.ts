import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database, Statement } from 'better-sqlite3';
import type { LocalTransaction } from '../component/sink.ts';
import { messageOf, UnreachableError } from '../errors.ts';

export type { Database };

/** What can be done about a file that is damaged. */
const DAMAGED = 'restore it from a copy, or move it away';
const CACHE_KB = 64 * 1024;
/** How long the log grows before it is copied into the file: 40 MB. */
const LOG_PAGES = 10_000;

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
    // Rows of a large table come in no order: with the usual 2 MB each of them is a page read and another written.
    database.pragma(`cache_size = -${CACHE_KB}`);
    database.pragma(`wal_autocheckpoint = ${LOG_PAGES}`);
    return database;
  } catch (error) {
    const hint = /^SQLITE_(CORRUPT|NOTADB)/.test(String((error as { code?: unknown }).code))
      ? DAMAGED
      : undefined;
    throw new UnreachableError(`sqlite:${file}`, messageOf(error), { hint, cause: error });
  }
}

/**
 * What a failed statement means where that is not the statement's fault: the disk is full, the file is damaged, or
 * another process holds it, as one does that was paused in the middle of a transaction. Anything else comes back as
 * it is.
 */
export function sqliteFailure(error: unknown, { name }: Database): unknown {
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return new UnreachableError(`sqlite:${name}`, 'another process has been writing to it for 5 s', {
      hint: 'if that one is paused, end it with kill -9',
      cause: error,
    });
  }
  if (!/^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB)/.test(code)) return error;
  const hint = /^SQLITE_(CORRUPT|NOTADB)/.test(code) ? DAMAGED : undefined;
  return new UnreachableError(`sqlite:${name}`, `${name}: ${messageOf(error)}`, { hint, cause: error });
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
