import { existsSync } from 'node:fs';
import { messageOf, SpecError, UnreachableError } from '../../errors.ts';
import type { JsonObject, Value } from '../../event.ts';
import { type Database, openSqlite, quoteName } from '../sqlite.ts';
import type { LookupTable } from './table.ts';

/** Rows of a table in a SQLite file, as they are when they are asked for. */
export class SqliteLookup implements LookupTable {
  readonly #options: { readonly path: string; readonly table: string; readonly by: string | undefined };
  #database: Database | undefined;
  #find: ((key: unknown) => JsonObject | undefined) | undefined;

  constructor(options: { readonly path: string; readonly table: string; readonly by?: string | undefined }) {
    this.#options = { by: undefined, ...options };
  }

  async open(): Promise<void> {
    const { path, table, by } = this.#options;
    if (!existsSync(path)) throw new UnreachableError(`sqlite:${path}`, 'there is no such file');
    const database = await openSqlite(path);
    this.#database = database;
    try {
      const column = by ?? primaryKeyOf(database, table);
      const statement = database.prepare<[unknown], JsonObject>(
        `SELECT * FROM ${quoteName(table)} WHERE ${quoteName(column)} = ? LIMIT 1`,
      );
      this.#find = (key) => statement.get(key);
    } catch (error) {
      if (error instanceof SpecError) throw error;
      throw new SpecError(messageOf(error), { place: `sqlite:${path}#${table}` });
    }
  }

  async find(keys: readonly Value[]): Promise<readonly (JsonObject | null)[]> {
    return keys.map((key) => this.#find!(parameterOf(key)) ?? null);
  }

  async close(): Promise<void> {
    this.#database?.close();
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

function parameterOf(value: Value): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value instanceof Date ? value.getTime() : value;
}
