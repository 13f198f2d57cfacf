import { type Client, type QueryOptions, types } from 'cassandra-driver';
import { statementFailure } from '../../clients/cassandra/failure.ts';
import type { Clock, Millis } from '../../clock.ts';
import { TransientError, UnreachableError } from '../../errors.ts';

const FIRST_PAUSE: Millis = 200;
const LONGEST_PAUSE: Millis = 5000;

export interface Patience {
  readonly clock: Clock;
  /** How long a server may be silent or overloaded. */
  readonly timeout: Millis;
  /** Names the server in messages. */
  readonly endpoint: string;
  readonly notice: (line: string) => void;
}

/** Statements of the checkpoint store: each is tried until it is answered. */
export class PatientClient {
  readonly #client: Client;
  readonly #patience: Patience;

  constructor(client: Client, patience: Patience) {
    this.#client = client;
    this.#patience = patience;
  }

  /** An idempotent statement. Throws UnreachableError when the patience is over, and whatever the server refused. */
  async execute(query: string, parameters: readonly unknown[] = []): Promise<types.ResultSet> {
    return this.retrying(() => this.#run(query, parameters, { consistency: types.consistencies.quorum }));
  }

  /** Rows of a query that may be long, page by page. */
  async *stream(query: string, parameters: readonly unknown[]): AsyncIterable<types.Row[]> {
    let pageState: string | undefined;
    do {
      const page = await this.retrying(() =>
        this.#run(query, parameters, {
          consistency: types.consistencies.quorum,
          fetchSize: 20,
          ...(pageState === undefined ? {} : { pageState }),
        }),
      );
      yield page.rows;
      pageState = page.pageState ?? undefined;
    } while (pageState !== undefined);
  }

  /** What conditional updates have come to, those that are still under way included. */
  async readSerial(query: string, parameters: readonly unknown[]): Promise<types.Row | undefined> {
    const result = await this.retrying(() =>
      this.#run(query, parameters, { consistency: types.consistencies.serial }),
    );
    return result.rows[0];
  }

  /** One attempt of a conditional update: `unknown` if the server may or may not have applied it. */
  async attempt(query: string, parameters: readonly unknown[]): Promise<'applied' | 'refused' | 'unknown'> {
    try {
      const result = await this.#run(query, parameters, {
        consistency: types.consistencies.quorum,
        serialConsistency: types.consistencies.serial,
        isIdempotent: false,
      });
      return result.wasApplied() ? 'applied' : 'refused';
    } catch (error) {
      const failure = statementFailure(error);
      if (failure instanceof TransientError) return 'unknown';
      throw failure;
    }
  }

  /** Waits out a server that is dead, silent or overloaded. */
  async retrying<T>(action: () => Promise<T>): Promise<T> {
    const { clock, timeout, endpoint, notice } = this.#patience;
    const deadline = clock.elapsed() + timeout;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
      try {
        const result = await action();
        if (pause > FIRST_PAUSE) notice(`${endpoint}: answers again`);
        return result;
      } catch (error) {
        const failure = statementFailure(error);
        if (!(failure instanceof TransientError)) throw failure;
        if (clock.elapsed() >= deadline)
          throw new UnreachableError(endpoint, failure.message, { cause: error });
        if (pause === FIRST_PAUSE) notice(`${endpoint}: checkpoints wait for the server: ${failure.message}`);
      }
      await clock.sleep(pause);
    }
  }

  close(): Promise<void> {
    return this.#client.shutdown();
  }

  #run(query: string, parameters: readonly unknown[], options: QueryOptions): Promise<types.ResultSet> {
    return this.#client.execute(query, [...parameters], { prepare: true, isIdempotent: true, ...options });
  }
}
