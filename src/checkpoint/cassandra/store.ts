import { connectCassandra } from '../../clients/cassandra/connect.ts';
import { setupFailure } from '../../clients/cassandra/failure.ts';
import { type CassandraConnection, endpointOf } from '../../clients/cassandra/options.ts';
import type { Clock, Millis } from '../../clock.ts';
import { messageOf } from '../../errors.ts';
import type { Letters } from '../dead-letter.ts';
import type { Checkpoint, CheckpointHead, CheckpointStore, Lease } from '../store.ts';
import { JobTables } from './job-tables.ts';
import { CassandraLease } from './lease.ts';
import { PatientClient } from './patient-client.ts';
import { damagedSummary, summaryOf } from './records.ts';
import { createStatements, type Tables, tablesOf } from './tables.ts';

export interface CassandraStoreOptions {
  readonly connection: CassandraConnection;
  readonly keyspace: string;
  /** The names of the tables. */
  readonly checkpoints: string;
  readonly state: string;
  readonly letters: string;
  /** How many checkpoints stay. */
  readonly keep: number;
  /** How long the server may be silent. */
  readonly timeout: Millis;
  readonly clock: Clock;
  readonly notice: (line: string) => void;
}

/**
 * Checkpoints in Cassandra: what a checkpoint holds is written first, and then one conditional update of the job's
 * head makes it count. Throws UnreachableError within 10 s.
 */
export async function openCassandraStore(options: CassandraStoreOptions): Promise<CheckpointStore> {
  const { connection, clock, timeout, notice } = options;
  const endpoint = endpointOf(connection);
  const tables = tablesOf(options);
  const client = await connectCassandra(connection, clock);
  try {
    for (const statement of createStatements(tables)) await client.execute(statement);
  } catch (error) {
    await client.shutdown();
    throw setupFailure(error, endpoint);
  }
  return new CassandraStore(new PatientClient(client, { clock, timeout, endpoint, notice }), tables, options);
}

class CassandraStore implements CheckpointStore {
  readonly #client: PatientClient;
  readonly #tables: Tables;
  readonly #options: CassandraStoreOptions;

  constructor(client: PatientClient, tables: Tables, options: CassandraStoreOptions) {
    this.#client = client;
    this.#tables = tables;
    this.#options = options;
  }

  async latest(job: string): Promise<Checkpoint | undefined> {
    const tables = this.#tablesOf(job);
    for (const committed of (await tables.head.read())?.kept ?? []) {
      try {
        return await tables.load(committed);
      } catch (error) {
        this.#options.notice(`${messageOf(error)}; falling back to the one before`);
      }
    }
    return undefined;
  }

  async list(job: string): Promise<readonly CheckpointHead[]> {
    const tables = this.#tablesOf(job);
    const kept = (await tables.head.read())?.kept ?? [];
    return Promise.all(
      kept.map((committed) =>
        tables.records.load(committed).then(summaryOf, () => damagedSummary(committed)),
      ),
    );
  }

  async load(job: string, number: number): Promise<Checkpoint> {
    const tables = this.#tablesOf(job);
    const committed = (await tables.head.read())?.kept.find(([kept]) => kept === number);
    if (committed === undefined) throw new Error(`job ${job} has no checkpoint ${number}`);
    return tables.load(committed);
  }

  async jobs(): Promise<readonly string[]> {
    const { rows } = await this.#client.execute(`SELECT DISTINCT job FROM ${this.#tables.checkpoints}`);
    return rows.map((row) => String(row.get('job'))).sort();
  }

  letters(job: string): Letters {
    return this.#tablesOf(job).letters;
  }

  async acquire(job: string): Promise<Lease> {
    const tables = this.#tablesOf(job);
    for (;;) {
      const last = await tables.head.read();
      const next = { epoch: (last?.epoch ?? 0) + 1, kept: last?.kept ?? [], tokens: last?.tokens ?? 0n };
      const head = await tables.head.replace(last, next);
      if (head === undefined) continue;
      const [newest] = head.kept;
      // The process before may have died between its checkpoint and the letters that follow it.
      if (newest !== undefined) await tables.applyLetters(newest);
      return new CassandraLease(job, head, tables, this.#options.keep);
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #tablesOf(job: string): JobTables {
    return new JobTables(this.#client, this.#tables, job);
  }
}
