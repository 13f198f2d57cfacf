import type { Client } from 'cassandra-driver';
import type { StageHost } from '../../component/operator.ts';
import { SpecError } from '../../errors.ts';
import type { JsonObject, Value } from '../../event.ts';
import { connectCassandra } from '../cassandra/connect.ts';
import { setupFailure, statementFailure } from '../cassandra/failure.ts';
import { parseTable, quoteName, quoteTable } from '../cassandra/names.ts';
import { type CassandraConnection, endpointOf } from '../cassandra/options.ts';
import { rowValue } from '../cassandra/values.ts';
import type { LookupTable } from './table.ts';

export interface CassandraLookupOptions extends CassandraConnection {
  readonly table: string;
  readonly by?: string | undefined;
}

/** Codes of the protocol for bigint, counter and varint, whose values the driver takes as bigint. */
const BIG_INTEGERS = new Set([0x02, 0x05, 0x0e]);

/** Rows of a Cassandra table, as they are when they are asked for. */
export class CassandraLookup implements LookupTable {
  readonly #options: CassandraLookupOptions;
  #client: Client | undefined;
  #query = '';
  #isBigInteger = false;

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

  async find(keys: readonly Value[]): Promise<readonly (JsonObject | null)[]> {
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
    if (key === undefined) throw new SpecError(`the table has no column "${column}"`, { place });
    this.#isBigInteger = BIG_INTEGERS.has(key.type.code);
    this.#query = `SELECT * FROM ${quoteTable(name)} WHERE ${quoteName(column)} = ? LIMIT 1`;
  }

  async #findOne(key: Value): Promise<JsonObject | null> {
    const parameter = this.#isBigInteger && typeof key === 'number' ? BigInt(key) : key;
    try {
      const { rows } = await this.#client!.execute(this.#query, [parameter], {
        prepare: true,
        isIdempotent: true,
      });
      const [row] = rows;
      if (row === undefined) return null;
      return Object.fromEntries(row.keys().map((name) => [name, rowValue(row.get(name))]));
    } catch (error) {
      throw statementFailure(error);
    }
  }
}
