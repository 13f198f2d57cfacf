import { DataError } from '../../errors.ts';
import type { Change, Event, Value } from '../../event.ts';
import { int64 } from './bytes.ts';
import { deleteStatement, upsertStatement } from './statements.ts';
import { columnsOf, type Table, type TableColumn } from './table.ts';

/** An event as one statement. */
export interface Row {
  /** In the batch at hand. */
  index: number;
  readonly event: Event;
  readonly change: Change;
  readonly query: string;
  readonly parameters: readonly unknown[];
  /** Equal for equal partition keys and full primary keys; undefined where that can't be told cheaply. */
  readonly partition: string | undefined;
  readonly key: string | undefined;
}

/** Compiled once for a table: turns events into rows. */
export class RowBinder {
  readonly #table: Table;
  readonly #columns: readonly TableColumn[];
  readonly #keyLength: number;
  readonly #upsert: string;
  readonly #delete: string;

  constructor(table: Table, ttl: number) {
    this.#table = table;
    this.#columns = columnsOf(table);
    this.#keyLength = table.partitionKey.length + table.clusteringKey.length;
    this.#upsert = upsertStatement(table, this.#columns, ttl);
    this.#delete = deleteStatement(table);
  }

  /** Throws DataError: `missing_key` without a value in the primary key, `type` for one that does not fit. */
  bind(event: Event, token: bigint): Row {
    const bound = event.change === 'delete' ? this.#bindDelete(event, token) : this.#bindUpsert(event, token);
    const partition = this.#keyText(event, 0, this.#table.partitionKey.length);
    const clustering = this.#keyText(event, this.#table.partitionKey.length, this.#keyLength);
    const key = partition === undefined || clustering === undefined ? undefined : partition + clustering;
    return { index: -1, event, change: event.change, ...bound, partition, key };
  }

  #bindUpsert(event: Event, token: bigint) {
    const parameters = new Array<unknown>(this.#columns.length + 1);
    for (let index = 0; index < this.#columns.length; index++) parameters[index] = this.#value(event, index);
    parameters[this.#columns.length] = int64(token);
    return { query: this.#upsert, parameters };
  }

  #bindDelete(event: Event, token: bigint) {
    const parameters: unknown[] = [int64(token)];
    for (let index = 0; index < this.#keyLength; index++) parameters.push(this.#value(event, index));
    return { query: this.#delete, parameters };
  }

  #value(event: Event, index: number): unknown {
    const column = this.#columns[index]!;
    const value = valueAt(event, column.path);
    if (value === null || value === undefined) {
      if (index < this.#keyLength) throw missingKey(column);
      return null;
    }
    try {
      return column.convert(value);
    } catch (error) {
      throw error instanceof DataError ? inColumn(error, column) : error;
    }
  }

  #keyText(event: Event, from: number, to: number): string | undefined {
    let text = '';
    for (let index = from; index < to; index++) {
      const part = textOf(valueAt(event, this.#columns[index]!.path));
      if (part === undefined) return undefined;
      text += part;
    }
    return text;
  }
}

function valueAt({ value: root }: Event, path: readonly string[]): Value | undefined {
  let value: Value | undefined = root;
  for (const field of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, field)) return undefined;
    value = (value as Readonly<Record<string, Value>>)[field];
  }
  return value;
}

/** Different for different values, whatever text follows. */
function textOf(value: Value | undefined): string | undefined {
  switch (typeof value) {
    case 'string':
      return `${value.length}:${value}`;
    case 'number':
      return Object.is(value, -0) ? 'n-0;' : `n${value};`;
    case 'bigint':
      return `n${value};`;
    case 'boolean':
      return value ? 't;' : 'f;';
    default:
      return value instanceof Date ? `d${value.getTime()};` : undefined;
  }
}

function missingKey({ name, path }: TableColumn): DataError {
  return new DataError(
    'missing_key',
    `column "${name}" is in the primary key, and field "${path.join('.')}" has no value`,
  );
}

function inColumn(error: DataError, { name, type }: TableColumn): DataError {
  const column = type.includes('<') ? `column "${name}" (${type})` : `column "${name}"`;
  return new DataError(error.code, `${column}: ${error.message}`);
}
