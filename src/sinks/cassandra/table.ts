import type { Client, metadata } from 'cassandra-driver';
import { quoteTable, type TableName } from '../../clients/cassandra/names.ts';
import { messageOf, SpecError } from '../../errors.ts';
import { type ColumnType, converterOf, growsWhenRepeated, nameOf } from './convert.ts';
import type { TableShape } from './create.ts';
import type { Convert } from './scalars.ts';
import { typeText } from './schema.ts';

export interface TableColumn {
  readonly name: string;
  readonly type: string;
  /** Where in an event its value is: `a.b` as ['a', 'b']. */
  readonly path: readonly string[];
  readonly convert: Convert;
}

/** A table as it is on the server, ready to be fed. */
export interface Table {
  readonly name: TableName;
  readonly partitionKey: readonly TableColumn[];
  readonly clusteringKey: readonly TableColumn[];
  readonly others: readonly TableColumn[];
  /** Whether writing a row twice with one timestamp changes nothing. */
  readonly repeatable: boolean;
}

/**
 * Reads the table's real columns and maps each to the field of its own name, or to the path that `mapping` gives.
 * Undefined if there is no such table. Throws SpecError for counters and for a mapped column that the table lacks.
 */
export async function readTable(
  client: Client,
  name: TableName,
  mapping: Readonly<Record<string, string>>,
  place: string,
): Promise<Table | undefined> {
  const found = await describeTable(client, name, place);
  if (found === null) return undefined;
  refuseUnknown(found, name, mapping, place);
  refuseCounters(found, name, place);
  const columns = found.columns.map((column) => ({
    name: column.name,
    type: nameOf(column.type as ColumnType),
    path: Object.hasOwn(mapping, column.name) ? mapping[column.name]!.split('.') : [column.name],
    convert: converterOf(column.type as ColumnType),
  }));
  const named = ({ name: wanted }: { name: string }) => columns.find((column) => column.name === wanted)!;
  const partitionKey = found.partitionKeys.map(named);
  const clusteringKey = found.clusteringKeys.map(named);
  return {
    name,
    partitionKey,
    clusteringKey,
    others: columns.filter((column) => !partitionKey.includes(column) && !clusteringKey.includes(column)),
    repeatable: !found.columns.some(({ type }) => growsWhenRepeated(type as ColumnType)),
  };
}

async function describeTable(
  client: Client,
  name: TableName,
  place: string,
): Promise<metadata.TableMetadata | null> {
  try {
    return await client.metadata.getTable(name.keyspace, name.table);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new SpecError(`the columns of ${quoteTable(name)} can't be read: ${messageOf(error)}`, { place });
  }
}

/** Throws SpecError where a table that was there before differs from what the job would have created. */
export function checkSameShape(table: Table, shape: TableShape, place: string): void {
  const all = columnsOf(table);
  for (const { name, type } of shape.columns) {
    const real = all.find((column) => column.name === name);
    const declared = typeText(type).replace(/^varchar$/, 'text');
    if (real !== undefined && sameType(real.type, declared)) continue;
    const problem =
      real === undefined
        ? `has no column "${name}"`
        : `has column "${name}" as ${real.type}, not ${declared}`;
    throw new SpecError(`the table is there already and ${problem}`, {
      place: `${place}.schema`,
      hint: `its columns are ${describeColumns(table)}; leave the schema out to use it as it is`,
    });
  }
  const real = keyText(namesOf(table.partitionKey), namesOf(table.clusteringKey));
  const declared = keyText(shape.partitionKey, namesOf(shape.clusteringKey));
  if (real !== declared) {
    throw new SpecError(`the table is there already with PRIMARY KEY ${real}, not ${declared}`, {
      place: `${place}.partition_key`,
      hint: 'leave the schema out to use it as it is',
    });
  }
}

export function columnsOf(table: Table): TableColumn[] {
  return [...table.partitionKey, ...table.clusteringKey, ...table.others];
}

function refuseUnknown(
  found: metadata.TableMetadata,
  name: TableName,
  mapping: Readonly<Record<string, string>>,
  place: string,
): void {
  const unknown = Object.keys(mapping).find((column) => !found.columns.some((one) => one.name === column));
  if (unknown === undefined) return;
  const columns = found.columns
    .map((column) => `${column.name} ${nameOf(column.type as ColumnType)}`)
    .join(', ');
  throw new SpecError(`table ${name.keyspace}.${name.table} has no column "${unknown}"`, {
    place: `${place}.columns.${unknown}`,
    hint: `its columns are ${columns}`,
  });
}

function refuseCounters(found: metadata.TableMetadata, name: TableName, place: string): void {
  if (!found.columns.some((column) => nameOf(column.type as ColumnType) === 'counter')) return;
  throw new SpecError(
    `${name.keyspace}.${name.table} is a counter table, which a repeated write would count twice`,
    {
      place: `${place}.table`,
      hint: 'count with a window, and write its results to a table with a bigint column',
    },
  );
}

function describeColumns(table: Table): string {
  return columnsOf(table)
    .map(({ name, type }) => `${name} ${type}`)
    .join(', ');
}

/** Collections inside a collection are frozen, whether it is said or not. */
function sameType(one: string, other: string): boolean {
  const bare = (type: string) => type.replaceAll(/(?<=[<,\s])frozen<|"|\s/g, '').replaceAll('>', '');
  return bare(one) === bare(other);
}

function namesOf(columns: readonly { name: string }[]): string[] {
  return columns.map(({ name }) => name);
}

function keyText(partition: readonly string[], clustering: readonly string[]): string {
  return `((${partition.join(', ')})${clustering.map((name) => `, ${name}`).join('')})`;
}
