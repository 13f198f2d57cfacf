import { existsSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { DataError, messageOf, SpecError, TransientError, UnreachableError } from '../../errors.ts';
import type { JsonObject, Value } from '../../event.ts';
import { quoteName } from '../sqlite.ts';
import type { Found, LookupTable } from './table.ts';

export interface SqliteLookupOptions {
  readonly path: string;
  readonly table: string;
  /** The column that holds the key; the primary key if left out. */
  readonly by?: string | undefined;
}

/** Rows of a table in a SQLite file, as they are when they are asked for. The file is only read. */
export class SqliteLookup implements LookupTable {
  readonly #options: SqliteLookupOptions;
  #database: Database | undefined;
  #find: ((key: unknown) => Readonly<Record<string, unknown>> | undefined) | undefined;

  constructor(options: SqliteLookupOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { path, table, by } = this.#options;
    const database = await openToRead(path);
    this.#database = database;
    try {
      const column = by ?? primaryKeyOf(database, table);
      const statement = database.prepare<[unknown], Record<string, unknown>>(
        `SELECT * FROM ${quoteName(table)} WHERE ${quoteName(column)} = ? LIMIT 1`,
      );
      // Integers beyond 2^53 come exactly.
      statement.safeIntegers(true);
      this.#find = (key) => statement.get(key);
    } catch (error) {
      if (error instanceof SpecError) throw error;
      throw new SpecError(messageOf(error), { place: `sqlite:${path}#${table}` });
    }
  }

  async find(keys: readonly Value[]): Promise<readonly Found[]> {
    return keys.map((key) => this.#findOne(key));
  }

  async close(): Promise<void> {
    this.#database?.close();
  }

  #findOne(key: Value): Found {
    const parameter = parameterOf(key);
    if (parameter instanceof DataError) return parameter;
    try {
      const row = this.#find!(parameter);
      return row === undefined ? null : rowOf(row);
    } catch (error) {
      throw failureOf(error, this.#options.path);
    }
  }
}

async function openToRead(path: string): Promise<Database> {
  const { default: Sqlite } = await import('better-sqlite3');
  try {
    return new Sqlite(path, { readonly: true, fileMustExist: true, timeout: 1000 });
  } catch (error) {
    const isMissing = !existsSync(path);
    throw new UnreachableError(`sqlite:${path}`, isMissing ? 'there is no such file' : messageOf(error), {
      cause: error,
    });
  }
}

function primaryKeyOf(database: Database, table: string): string {
  const columns = database
    .prepare<[string], { name: string; pk: number }>('SELECT name, pk FROM pragma_table_info(?)')
    .all(table);
  const place = `sqlite:${database.name}#${table}`;
  if (columns.length === 0) throw new SpecError('there is no such table', { place });
  const keys = columns.filter(({ pk }) => pk > 0);
  if (keys.length === 1) return keys[0]!.name;
  throw new SpecError('the table has no primary key of one column', {
    place,
    hint: 'name the column with "by"',
  });
}

function parameterOf(key: Value): number | bigint | string | DataError {
  if (typeof key === 'boolean') return key ? 1 : 0;
  if (key instanceof Date) return key.getTime();
  const isTooLarge = typeof key === 'bigint' && key !== BigInt.asIntN(64, key);
  if (key === null || typeof key === 'object' || isTooLarge) {
    return new DataError('lookup', 'nothing can be looked up by this key: it is no text and no number');
  }
  return key;
}

function rowOf(columns: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, columnValue(column)]));
}

function columnValue(column: unknown): Value {
  if (Buffer.isBuffer(column)) return column.toString('base64');
  if (typeof column === 'bigint' && column === BigInt.asIntN(53, column)) return Number(column);
  return column as Value;
}

/** Somebody writes to it, which will be over: anything else is not the key's fault. */
function failureOf(error: unknown, path: string): unknown {
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return new TransientError(messageOf(error), { answered: true, cause: error });
  }
  return code.startsWith('SQLITE_')
    ? new UnreachableError(`sqlite:${path}`, messageOf(error), { cause: error })
    : error;
}
