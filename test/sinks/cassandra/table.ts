import { types } from 'cassandra-driver';
import { type Change, Event, type JsonObject, type Records } from '../../../src/event.ts';
import { type ColumnType, converterOf, nameOf } from '../../../src/sinks/cassandra/convert.ts';
import { type DeclaredType, parseColumns } from '../../../src/sinks/cassandra/schema.ts';
import type { Table } from '../../../src/sinks/cassandra/table.ts';

/** The type as the driver would read it from the server. */
export function columnType(text: string): ColumnType {
  return asRead(parseColumns(`c ${text}`)[0]!.type);
}

function asRead({ name, parameters, dimension }: DeclaredType, frozen = false): ColumnType {
  if (name === 'frozen') return asRead(parameters[0]!, true);
  const inner = parameters.map((parameter) => asRead(parameter));
  if (name === 'vector') return { code: 0, customTypeName: 'vector', info: [inner[0], dimension] };
  const code = types.dataTypes[name as keyof typeof types.dataTypes];
  const several = name === 'map' || name === 'tuple';
  return { code, info: several ? inner : (inner[0] ?? null), options: { frozen } };
}

/** A table `app.t` of these columns, the first ones being its key. */
export function tableOf(schema: string, partitionKey: string[], clusteringKey: string[] = []): Table {
  const columns = parseColumns(schema).map(({ name }, index) => {
    const type = columnType(schema.split(', ')[index]!.split(' ').slice(1).join(' '));
    return { name, type: nameOf(type), path: [name], convert: converterOf(type) };
  });
  const named = (name: string) => columns.find((column) => column.name === name)!;
  return {
    name: { keyspace: 'app', table: 't' },
    partitionKey: partitionKey.map(named),
    clusteringKey: clusteringKey.map(named),
    others: columns.filter(({ name }) => ![...partitionKey, ...clusteringKey].includes(name)),
    repeatable: true,
  };
}

export interface EventOptions {
  readonly change?: Change;
  /** Of the record, in bytes. */
  readonly size?: number;
}

export function eventOf(
  value: JsonObject | null,
  { change = 'upsert', size = 100 }: EventOptions = {},
): Event {
  const records: Records = {
    partition: '0',
    length: 1,
    text: () => JSON.stringify(value),
    bytes: () => null,
    size: () => size,
    key: () => null,
    headers: () => ({}),
    timestamp: () => null,
    offset: (index) => index,
    next: (index) => index + 1,
  };
  return new Event(value, null, { source: 'test', records, readAt: 0 }, 0, null, change);
}
