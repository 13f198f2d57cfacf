import { quoteName, quoteTable, quoteText, type TableName } from '../../clients/cassandra/names.ts';
import { SpecError } from '../../errors.ts';
import { type DeclaredColumn, typeText } from './schema.ts';

/** How many copies: in all, or in each datacenter. */
export type Replication = number | Readonly<Record<string, number>>;

export interface ClusteringColumn {
  readonly name: string;
  readonly descending: boolean;
}

export interface TableShape {
  readonly columns: readonly DeclaredColumn[];
  readonly partitionKey: readonly string[];
  readonly clusteringKey: readonly ClusteringColumn[];
}

/** `timestamp`, `timestamp asc` or `timestamp desc`. */
export function parseClustering(text: string): ClusteringColumn {
  const [, name = text, order] = /^(.+?)(?:\s+(asc|desc))?$/i.exec(text.trim()) ?? [];
  return { name, descending: order?.toLowerCase() === 'desc' };
}

export function createKeyspace(keyspace: string, replication: Replication): string {
  const factors: [string, string | number][] =
    typeof replication === 'number'
      ? [
          ['class', 'SimpleStrategy'],
          ['replication_factor', replication],
        ]
      : [['class', 'NetworkTopologyStrategy'], ...Object.entries(replication)];
  const map = factors.map(([name, value]) => `${quoteText(name)}: ${quoteText(String(value))}`).join(', ');
  return `CREATE KEYSPACE IF NOT EXISTS ${quoteName(keyspace)} WITH replication = {${map}}`;
}

export function createTable(table: TableName, { columns, partitionKey, clusteringKey }: TableShape): string {
  const declared = columns.map(
    (column) => `${quoteName(column.name)} ${typeText(column.type)}${column.static ? ' STATIC' : ''}`,
  );
  const partition = `(${partitionKey.map(quoteName).join(', ')})`;
  const key = [partition, ...clusteringKey.map(({ name }) => quoteName(name))].join(', ');
  const order = clusteringKey.map(
    ({ name, descending }) => `${quoteName(name)} ${descending ? 'DESC' : 'ASC'}`,
  );
  const ordered = clusteringKey.some(({ descending }) => descending)
    ? ` WITH CLUSTERING ORDER BY (${order.join(', ')})`
    : '';
  return `CREATE TABLE IF NOT EXISTS ${quoteTable(table)} (${declared.join(', ')}, PRIMARY KEY (${key}))${ordered}`;
}

/** Throws SpecError if the key is empty, names a column twice or one that is not declared. */
export function checkShape({ columns, partitionKey, clusteringKey }: TableShape, place: string): void {
  if (partitionKey.length === 0) {
    throw new SpecError('a table to create needs a partition key', {
      place: `${place}.partition_key`,
      hint: `name one of its columns: ${columns.map(({ name }) => name).join(', ')}`,
    });
  }
  const key = [...partitionKey, ...clusteringKey.map(({ name }) => name)];
  for (const [index, name] of key.entries()) {
    const at = `${place}.${index < partitionKey.length ? 'partition_key' : 'clustering_key'}`;
    if (key.indexOf(name) !== index)
      throw new SpecError(`the key names column "${name}" twice`, { place: at });
    if (columns.some((column) => column.name === name)) continue;
    throw new SpecError(`the key names column "${name}", which the schema does not declare`, {
      place: at,
      hint: `its columns are ${columns.map((column) => column.name).join(', ')}`,
    });
  }
}
