import { DataError } from '../../errors.ts';
import type { Event, Value } from '../../event.ts';
import { int64 } from './bytes.ts';
import { deleteStatement, upsertStatement } from './statements.ts';
import { columnsOf, type Table, type TableColumn } from './table.ts';

/** An event as one statement. */
export interface Row {
  /** In the batch at hand. */
  index: number;
  readonly event: Event;
  readonly query: string;
  readonly parameters: unknown[];
  /** Equal for equal partition keys, different for different ones; undefined where that can't be told cheaply. */
  readonly partition: string | undefined;
}

/** Compiled once for a table: turns events into rows. */
export class RowBinder {
  readonly #columns: readonly TableColumn[];
  readonly #partitionLength: number;
  readonly #keyLength: number;
  readonly #upsert: string;
  readonly #delete: string;

  constructor(table: Table, ttl: number) {
    this.#columns = columnsOf(table);
    this.#partitionLength = table.partitionKey.length;
    this.#keyLength = table.partitionKey.length + table.clusteringKey.length;
    this.#upsert = upsertStatement(table, this.#columns, ttl);
    this.#delete = deleteStatement(table);
  }

  /** Throws DataError: `missing_key` without a value in the primary key, `type` for one that does not fit. */
  bind(event: Event, index: number, token: bigint): Row {
    const deletes = event.change === 'delete';
    const parameters = deletes ? this.#bindDelete(event, token) : this.#bindUpsert(event, token);
    const partition = this.#keyText(event, 0, this.#partitionLength);
    return { index, event, query: deletes ? this.#delete : this.#upsert, parameters, partition };
  }

  /** As `partition`, for the rows of one partition. */
  clusteringOf({ event }: Row): string | undefined {
    return this.#keyText(event, this.#partitionLength, this.#keyLength);
  }

  #bindUpsert(event: Event, token: bigint): unknown[] {
    const columns = this.#columns.length;
    const parameters = new Array<unknown>(columns + 1);
    for (let column = 0; column < columns; column++) parameters[column] = this.#value(event, column);
    parameters[columns] = int64(token);
    return parameters;
  }

  #bindDelete(event: Event, token: bigint): unknown[] {
    const parameters: unknown[] = [int64(token)];
    for (let column = 0; column < this.#keyLength; column++) parameters.push(this.#value(event, column));
    return parameters;
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
