import { CassandraLetters } from '../checkpoint/cassandra/letters.ts';
import { PatientClient } from '../checkpoint/cassandra/patient-client.ts';
import { keyspaceStatement, lettersStatement } from '../checkpoint/cassandra/tables.ts';
import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import { connectCassandra } from '../clients/cassandra/connect.ts';
import { setupFailure } from '../clients/cassandra/failure.ts';
import { quoteName } from '../clients/cassandra/names.ts';
import { endpointOf, loginFromEnvironment } from '../clients/cassandra/options.ts';
import type { CassandraLettersSpec } from '../spec/dead-letters.ts';
import type { LetterStore, LetterStoreHost } from './store.ts';

/** Rows of a table, each as its letter is now. */
export class CassandraLetterStore implements LetterStore {
  readonly place: string;
  readonly #spec: CassandraLettersSpec;
  #client!: PatientClient;
  #letters!: CassandraLetters;

  constructor(spec: CassandraLettersSpec) {
    this.#spec = spec;
    this.place = `${endpointOf(spec)}/${spec.keyspace}.${spec.table}`;
  }

  async open({ job, clock, timeout, notice }: LetterStoreHost): Promise<void> {
    const endpoint = endpointOf(this.#spec);
    const client = await connectCassandra({ ...this.#spec, ...loginFromEnvironment(process.env) }, clock);
    const keyspace = quoteName(this.#spec.keyspace);
    const table = `${keyspace}.${quoteName(this.#spec.table)}`;
    try {
      await client.execute(keyspaceStatement(keyspace));
      await client.execute(lettersStatement(table));
    } catch (error) {
      await client.shutdown();
      throw setupFailure(error, endpoint);
    }
    this.#client = new PatientClient(client, { clock, timeout, endpoint, notice });
    this.#letters = new CassandraLetters(this.#client, { letters: table }, job);
  }

  deliver(_checkpoint: number, letters: readonly DeadLetter[]): Promise<void> {
    return this.#letters.put(letters);
  }

  async prepare(): Promise<null> {
    return null;
  }

  async close(): Promise<void> {
    await this.#client?.close();
  }
}
