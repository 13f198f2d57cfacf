import { quoteName } from '../../clients/sqlite.ts';
import type { LocalTransaction } from '../../component/sink.ts';
import { type Affinity, affinityOf, type ColumnType } from './affinity.ts';

/** SQLite's own bound on the columns of a table. */
export const MAX_COLUMNS = 2000;

export interface Column {
  readonly name: string;
  readonly affinity: Affinity;
  /** The SQL of the default; null if there is none. */
  readonly defaultSql: string | null;
  readonly isKey: boolean;
}

/** A column to be made. */
export interface NewColumn {
  readonly name: string;
  readonly type: ColumnType;
}

interface ColumnInfo {
  name: string;
  type: string;
  dflt_value: string | null;
  pk: number;
  hidden: number;
}

/** The columns of the table that can be written; none if there is no such table. */
export function columnsOf(transaction: LocalTransaction, table: string): Column[] {
  const found = transaction.all('SELECT * FROM pragma_table_xinfo(?)', [table]) as readonly ColumnInfo[];
  return found
    .filter(({ hidden }) => hidden === 0)
    .map(({ name, type, dflt_value, pk }) => ({
      name,
      affinity: affinityOf(type),
      defaultSql: dflt_value,
      isKey: pk > 0,
    }));
}

/**
 * Whether rows of different keys may be written in any order: nothing in the table's definition looks at other rows or
 * compares texts in a way of its own, and no trigger or index stands beside it.
 */
export function isOrderFree(transaction: LocalTransaction, table: string): boolean {
  const found = transaction.all('SELECT sql FROM sqlite_schema WHERE lower(tbl_name) = lower(?)', [
    table,
  ]) as readonly { sql: string | null }[];
  const written = found.filter(({ sql }) => sql !== null);
  return written.length === 1 && !/\b(UNIQUE|REFERENCES|CHECK|COLLATE|VIRTUAL)\b/i.test(written[0]!.sql!);
}

export function createTable(
  transaction: LocalTransaction,
  table: string,
  columns: readonly NewColumn[],
  key: readonly string[],
): void {
  const definitions = columns.map(({ name, type }) => `${quoteName(name)} ${type}`).join(', ');
  const sql = `CREATE TABLE ${quoteName(table)} (${definitions}, PRIMARY KEY (${listOf(key)}))`;
  transaction.run(sql, []);
}

export function addColumn(transaction: LocalTransaction, table: string, { name, type }: NewColumn): void {
  transaction.run(`ALTER TABLE ${quoteName(table)} ADD COLUMN ${quoteName(name)} ${type}`, []);
}

/** Writes all of `rows` rows, each over the row with the same key if there is one. */
export function upsertSql(
  table: string,
  columns: readonly Column[],
  key: readonly string[],
  rows: number,
): string {
  const row = `(${columns.map(parameterFor).join(', ')})`;
  const others = columns.map(({ name }) => name).filter((name) => !key.includes(name));
  const updates = others.map((name) => `${quoteName(name)} = excluded.${quoteName(name)}`);
  const onConflict = updates.length === 0 ? 'NOTHING' : `UPDATE SET ${updates.join(', ')}`;
  return `INSERT INTO ${quoteName(table)} (${listOf(columns.map(({ name }) => name))}) VALUES ${new Array<string>(rows).fill(row).join(', ')}
    ON CONFLICT (${listOf(key)}) DO ${onConflict}`;
}

/** Finds the row of this key if any of the others has another value in it; parameters for `key`, then for `others`. */
export function differingSql(table: string, key: readonly Column[], others: readonly Column[]): string {
  const same = key.map(({ name }) => `${quoteName(name)} = ?`).join(' AND ');
  const differs = others
    .map((column) => `${quoteName(column.name)} IS NOT ${parameterFor(column)}`)
    .join(' OR ');
  return `SELECT 1 FROM ${quoteName(table)} WHERE ${same} AND (${differs || 'FALSE'})`;
}

/** A column that has none gets its default. */
function parameterFor({ defaultSql }: Column): string {
  return defaultSql === null ? '?' : `coalesce(?, ${defaultSql})`;
}

export function deleteSql(table: string, key: readonly string[]): string {
  return `DELETE FROM ${quoteName(table)} WHERE ${key.map((name) => `${quoteName(name)} = ?`).join(' AND ')}`;
}

function listOf(names: readonly string[]): string {
  return names.map(quoteName).join(', ');
}
