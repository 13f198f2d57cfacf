import type { Client, metadata } from 'cassandra-driver';
import type { StageHost } from '../../component/operator.ts';
import { DataError, messageOf, SpecError } from '../../errors.ts';
import type { Value } from '../../event.ts';
import { connectCassandra } from '../cassandra/connect.ts';
import { setupFailure, statementFailure } from '../cassandra/failure.ts';
import { parseTable, quoteName, quoteTable } from '../cassandra/names.ts';
import { type CassandraConnection, endpointOf } from '../cassandra/options.ts';
import { rowValue } from '../cassandra/values.ts';
import type { Found, LookupTable } from './table.ts';

export interface CassandraLookupOptions extends CassandraConnection {
  readonly table: string;
  readonly by?: string | undefined;
}

/** Codes of the protocol for bigint and varint, whose values the driver takes as bigint. */
const BIG_INTEGERS = new Set([0x02, 0x0e]);
/** For int, smallint and tinyint, into which the driver makes anything: 1.5 as well, and 'x'. */
const INTEGERS = new Set([0x09, 0x13, 0x14]);

/** Rows of a Cassandra table, as they are when they are asked for. */
export class CassandraLookup implements LookupTable {
  readonly #options: CassandraLookupOptions;
  #client: Client | undefined;
  #query = '';
  #type = 0;

  constructor(options: CassandraLookupOptions) {
    this.#options = options;
  }

  async open({ clock }: StageHost): Promise<void> {
    const endpoint = endpointOf(this.#options);
    this.#client = await connectCassandra(this.#options, clock);
    try {
      await this.#prepare(this.#client);
    } catch (error) {
      throw setupFailure(error, endpoint);
    }
  }

  async find(keys: readonly Value[]): Promise<readonly Found[]> {
    return Promise.all(keys.map((key) => this.#findOne(key)));
  }

  async close(): Promise<void> {
    await this.#client?.shutdown();
  }

  async #prepare(client: Client): Promise<void> {
    const place = this.#options.table;
    const name = parseTable(place)!;
    const table = await client.metadata.getTable(name.keyspace, name.table);
    if (table === null) throw new SpecError('there is no such table', { place });
    const column = this.#options.by ?? table.partitionKeys[0]!.name;
    const key = table.columns.find((each) => each.name === column);
    if (key === undefined) {
      const columns = table.columns.map((each) => each.name).join(', ');
      throw new SpecError(`the table has no column "${column}"`, {
        place,
        hint: `its columns are ${columns}`,
      });
    }
    refuseUnlessIndexed(column, table, place);
    this.#type = key.type.code;
    this.#query = `SELECT * FROM ${quoteTable(name)} WHERE ${quoteName(column)} = ? LIMIT 1`;
  }

  async #findOne(key: Value): Promise<Found> {
    const isBigInteger = BIG_INTEGERS.has(this.#type);
    if ((isBigInteger || INTEGERS.has(this.#type)) && !isWhole(key)) return null;
    const parameter = isBigInteger ? BigInt(String(key)) : key;
    try {
      const { rows } = await this.#client!.execute(this.#query, [parameter], {
        prepare: true,
        isIdempotent: true,
      });
      const [row] = rows;
      if (row === undefined) return null;
      return Object.fromEntries(row.keys().map((name) => [name, rowValue(row.get(name))]));
    } catch (error) {
      const failure = statementFailure(error);
      if (!(failure instanceof DataError)) throw failure;
      return new DataError('lookup', `nothing can be looked up by this key: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
}

function isWhole(key: Value): boolean {
  return typeof key !== 'object' && /^-?\d+$/.test(String(key));
}

/** Else every lookup would search all of the table, which Cassandra refuses. */
function refuseUnlessIndexed(column: string, table: metadata.TableMetadata, place: string): void {
  const [first, ...others] = table.partitionKeys.map(({ name }) => name);
  if (column === first && others.length === 0) return;
  if (table.indexes.some(({ target }) => target === column || target === quoteName(column))) return;
  throw new SpecError(`nothing can be looked up by "${column}"`, {
    place,
    hint: 'it takes the only column of the partition key, or one with an index',
  });
}
