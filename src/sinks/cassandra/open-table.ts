import type { Client } from 'cassandra-driver';
import { parseTable, type TableName } from '../../clients/cassandra/names.ts';
import type { SinkBuild } from '../../component/define.ts';
import { SpecError } from '../../errors.ts';
import { checkShape, createKeyspace, createTable, parseClustering, type TableShape } from './create.ts';
import { columnsFor } from './declared-columns.ts';
import type { CassandraSinkOptions } from './options.ts';
import { checkSameShape, readTable, type Table } from './table.ts';

/** What is known of the rows before there is one. */
export interface Rows {
  /** The fields that identify a row; may be empty. */
  readonly identity: readonly string[];
  readonly fields?: SinkBuild['fields'];
}

/** The table to write to, created first if it is missing and the options say so. Throws SpecError. */
export async function openTable(
  client: Client,
  options: CassandraSinkOptions,
  rows: Rows,
  sink: string,
): Promise<Table> {
  const place = `sinks.${sink}`;
  const name = parseTable(options.table)!;
  const shape = options.create_table ? shapeOf(options, rows, place) : undefined;
  const existing = await readTable(client, name, options.columns, place);
  if (existing !== undefined) {
    if (shape !== undefined) checkSameShape(existing, shape, place);
    return existing;
  }
  if (shape === undefined) throw await missingTable(client, name, place);
  if (client.metadata.keyspaces[name.keyspace] === undefined) {
    await client.execute(createKeyspace(name.keyspace, options.replication));
  }
  await client.execute(createTable(name, shape));
  const created = await readTable(client, name, options.columns, place);
  if (created === undefined) throw await missingTable(client, name, place);
  return created;
}

/** Without a partition key of its own, a table gets what identifies an event: a window's start orders its partition. */
function shapeOf(options: CassandraSinkOptions, { identity, fields }: Rows, place: string): TableShape {
  const { partition_key, clustering_key } = options;
  const windowed = identity.length > 1 && identity.includes('window_start');
  const shape = {
    columns: columnsFor(options, fields, place),
    partitionKey: partition_key ?? identity.filter((field) => !windowed || field !== 'window_start'),
    clusteringKey: (clustering_key ?? (windowed && !partition_key ? ['window_start'] : [])).map(
      parseClustering,
    ),
  };
  checkShape(shape, place);
  return shape;
}

async function missingTable(client: Client, name: TableName, place: string): Promise<SpecError> {
  const { rows } = await client.execute(
    'SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?',
    [name.keyspace],
    { prepare: true },
  );
  const tables = rows.slice(0, 20).map((row) => String(row.table_name));
  const others = tables.length === 0 ? '' : `; keyspace ${name.keyspace} has ${tables.join(', ')}`;
  return new SpecError(`there is no table ${name.keyspace}.${name.table}`, {
    place: `${place}.table`,
    hint: `create it with create_table and a schema (--create-table --schema)${others}`,
  });
}
