import { type Client, type QueryOptions, types } from 'cassandra-driver';
import { connectCassandra } from '../../clients/cassandra/connect.ts';
import { setupFailure } from '../../clients/cassandra/failure.ts';
import { endpointOf } from '../../clients/cassandra/options.ts';
import type { Rejection, Sink, SinkHost, Token } from '../../component/sink.ts';
import { DataError } from '../../errors.ts';
import type { Event } from '../../event.ts';
import { Dispatcher } from './dispatcher.ts';
import { openTable, type Rows } from './open-table.ts';
import type { CassandraSinkOptions } from './options.ts';
import { type Row, RowBinder } from './row.ts';
import type { Request } from './statement-plan.ts';
import type { Table } from './table.ts';
import { type Outcome, Write } from './write.ts';

/** Enough to have the next batch ready while one waits for its last answers. */
const CONCURRENCY = 4;

/** Upserts rows with the job's write tokens as timestamps: what is written last wins, however often it is written. */
export class CassandraSink implements Sink {
  readonly #options: CassandraSinkOptions;
  readonly #rows: Rows;
  #open: OpenSink | undefined;

  constructor(options: CassandraSinkOptions, rows: Rows) {
    this.#options = options;
    this.#rows = rows;
  }

  /** A table whose rows must be written anew at a retry takes strict order. Known after `open`. */
  get concurrency(): number {
    return this.#open?.table.repeatable === false ? 1 : CONCURRENCY;
  }

  async open(_last: Token | null, host: SinkHost): Promise<void> {
    const client = await connectCassandra(this.#options, host.clock);
    try {
      const table = await openTable(client, this.#options, this.#rows, host.name);
      this.#open = new OpenSink(client, table, this.#options, host);
    } catch (error) {
      await client.shutdown();
      throw setupFailure(error, endpointOf(this.#options));
    }
  }

  async write(batch: readonly Event[], signal: AbortSignal): Promise<readonly Rejection[]> {
    return this.#open!.write(batch, signal);
  }

  /** What `write` acknowledged is durable. */
  async prepare(): Promise<null> {
    return null;
  }

  async close(): Promise<void> {
    await this.#open?.close();
  }
}

class OpenSink {
  readonly table: Table;
  readonly #client: Client;
  readonly #host: SinkHost;
  readonly #binder: RowBinder;
  readonly #dispatcher: Dispatcher<Request>;
  readonly #statement: QueryOptions;
  /** What is known of events whose batch will be passed again. */
  readonly #outcomes = new WeakMap<Event, Outcome>();

  constructor(client: Client, table: Table, options: CassandraSinkOptions, host: SinkHost) {
    this.table = table;
    this.#client = client;
    this.#host = host;
    this.#binder = new RowBinder(table, options.ttl);
    this.#statement = {
      prepare: true,
      logged: false,
      consistency: consistencyOf(options.consistency),
      isIdempotent: table.repeatable,
    };
    this.#dispatcher = new Dispatcher<Request>({
      clock: host.clock,
      weight: ({ rows }) => rows.length,
      send: (request) => this.#send(request),
    });
  }

  async write(batch: readonly Event[], signal: AbortSignal): Promise<readonly Rejection[]> {
    const write = new Write(batch, {
      bind: (event, index) => this.#binder.bind(event, index, this.#tokenOf(event)),
      clusteringOf: (row) => this.#binder.clusteringOf(row),
      recall: (event) => this.#outcomes.get(event),
      overloaded: () => this.#dispatcher.slowDown(),
    });
    await this.#dispatcher.run(write.requests, write.settle, signal);
    try {
      return write.finish();
    } catch (error) {
      this.#remember(write);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#client.shutdown();
  }

  /** A repeat with the same token would double a list's elements. */
  #tokenOf(event: Event): bigint {
    return this.table.repeatable ? this.#host.token(event) : this.#host.token();
  }

  /**
   * A retry writes only what is not settled, with the same tokens. Where a repeat would double a list, it writes all
   * of the batch with fresh ones, which cover whatever became of the first attempt.
   */
  #remember(write: Write): void {
    for (const [event, outcome] of write.outcomes()) {
      if (this.table.repeatable || outcome instanceof DataError) this.#outcomes.set(event, outcome);
    }
  }

  #send({ rows }: Request): Promise<unknown> {
    if (rows.length === 1) {
      const { query, parameters } = rows[0] as Row;
      return this.#client.execute(query, parameters, this.#statement);
    }
    const queries = rows.map(({ query, parameters }) => ({ query, params: parameters }));
    return this.#client.batch(queries, this.#statement);
  }
}

/** The driver spells `local_quorum` as `localQuorum`. */
function consistencyOf(name: string): types.consistencies {
  const spelled = name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return types.consistencies[spelled as keyof typeof types.consistencies];
}
