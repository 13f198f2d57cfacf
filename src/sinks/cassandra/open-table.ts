import type { Client } from 'cassandra-driver';
import { parseTable, type TableName } from '../../clients/cassandra/names.ts';
import { SpecError } from '../../errors.ts';
import { checkShape, createKeyspace, createTable, parseClustering, type TableShape } from './create.ts';
import type { CassandraSinkOptions } from './options.ts';
import { columnsOf as declaredColumns, parseColumns } from './schema.ts';
import { checkSameShape, readTable, type Table } from './table.ts';

/** The table to write to, created first if it is missing and the options say so. Throws SpecError. */
export async function openTable(
  client: Client,
  options: CassandraSinkOptions,
  identity: readonly string[],
  sink: string,
): Promise<Table> {
  const place = `sinks.${sink}`;
  const name = parseTable(options.table)!;
  const shape = options.create_table ? shapeOf(options, identity, place) : undefined;
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
function shapeOf(options: CassandraSinkOptions, identity: readonly string[], place: string): TableShape {
  const { schema, partition_key, clustering_key } = options;
  if (schema === undefined) {
    throw new SpecError('create_table needs the columns of the table', {
      place: `${place}.schema`,
      hint: "add a schema such as 'user_id text, timestamp timestamp, value double'",
    });
  }
  const windowed = identity.length > 1 && identity.includes('window_start');
  const shape = {
    columns: typeof schema === 'string' ? parseColumns(schema) : declaredColumns(schema),
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
    hint: `create it with create_table and a schema${others}`,
  });
}
