import { quoteName, quoteTable } from '../../clients/cassandra/names.ts';
import type { Table, TableColumn } from './table.ts';

/** Binds every column, in the order of `columnsOf`, then the write token. `ttl` is in seconds; 0 is without end. */
export function upsertStatement(table: Table, columns: readonly TableColumn[], ttl: number): string {
  const names = columns.map(({ name }) => quoteName(name)).join(', ');
  const values = columns.map(() => '?').join(', ');
  const using = ttl > 0 ? `TIMESTAMP ? AND TTL ${ttl}` : 'TIMESTAMP ?';
  return `INSERT INTO ${quoteTable(table.name)} (${names}) VALUES (${values}) USING ${using}`;
}

/** Binds the write token, then the primary key. */
export function deleteStatement(table: Table): string {
  const key = [...table.partitionKey, ...table.clusteringKey];
  const where = key.map(({ name }) => `${quoteName(name)} = ?`).join(' AND ');
  return `DELETE FROM ${quoteTable(table.name)} USING TIMESTAMP ? WHERE ${where}`;
}
