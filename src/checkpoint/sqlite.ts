import { type Database, openSqlite, quoteName, sqliteFailure } from '../clients/sqlite.ts';
import { messageOf } from '../errors.ts';
import type { Letters } from './dead-letter.ts';
import { SqliteLease } from './sqlite-lease.ts';
import { SqliteLetters } from './sqlite-letters.ts';
import { SqliteState } from './sqlite-state.ts';
import { parse, type Row, type SqliteStoreOptions, staged, type Tables } from './sqlite-tables.ts';
import type { Checkpoint, CheckpointHead, CheckpointStore, Lease } from './store.ts';

const schema = (table: string) => `
CREATE TABLE IF NOT EXISTS sluice_jobs (
  job TEXT PRIMARY KEY, epoch INTEGER NOT NULL, tokens_reserved_until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ${quoteName(table)} (
  job TEXT NOT NULL, number INTEGER NOT NULL, epoch INTEGER NOT NULL, created_at INTEGER NOT NULL,
  status TEXT NOT NULL, bytes INTEGER NOT NULL, checksum TEXT NOT NULL, record TEXT NOT NULL,
  PRIMARY KEY (job, number)
) WITHOUT ROWID;`;

/** Checkpoints in a SQLite file: one transaction a checkpoint, durable when it returns. */
export async function openSqliteStore(file: string, options: SqliteStoreOptions): Promise<CheckpointStore> {
  const database = await openSqlite(file);
  const tables = { state: new SqliteState(options.state), letters: new SqliteLetters(options.letters) };
  try {
    database.exec(schema(options.checkpoints));
    tables.letters.create(database);
    tables.state.create(database);
    staged.create(database);
  } catch (error) {
    database.close();
    throw sqliteFailure(error, database);
  }
  return new SqliteStore(database, tables, options);
}

class SqliteStore implements CheckpointStore {
  readonly #database: Database;
  readonly #tables: Tables;
  readonly #options: SqliteStoreOptions;

  constructor(database: Database, tables: Tables, options: SqliteStoreOptions) {
    this.#database = database;
    this.#tables = tables;
    this.#options = options;
  }

  async latest(job: string): Promise<Checkpoint | undefined> {
    for (const row of this.#rows(job)) {
      try {
        return this.#read(row, job);
      } catch (error) {
        this.#options.notice(`${messageOf(error)}; falling back to the one before`);
      }
    }
    return undefined;
  }

  async list(job: string): Promise<readonly CheckpointHead[]> {
    return this.#rows(job).map(({ number, epoch, created_at, status, bytes }) => ({
      number,
      epoch,
      createdAt: created_at,
      status,
      bytes,
    }));
  }

  async load(job: string, number: number): Promise<Checkpoint> {
    const row = this.#rows(job).find((each) => each.number === number);
    if (row === undefined) throw new Error(`job ${job} has no checkpoint ${number}`);
    return this.#read(row, job);
  }

  async jobs(): Promise<readonly string[]> {
    const rows = this.#database
      .prepare<[], { job: string }>('SELECT job FROM sluice_jobs ORDER BY job')
      .all();
    return rows.map(({ job }) => job);
  }

  letters(job: string): Letters {
    return this.#tables.letters.of(this.#database, job);
  }

  async acquire(job: string): Promise<Lease> {
    const epoch = this.#raiseEpoch(job);
    return new SqliteLease(this.#database, this.#tables, job, epoch, this.#options);
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  #raiseEpoch(job: string): number {
    try {
      return this.#database
        .prepare<[string], { epoch: number }>(
          `INSERT INTO sluice_jobs VALUES (?, 1, 0) ON CONFLICT (job) DO UPDATE SET epoch = epoch + 1 RETURNING epoch`,
        )
        .get(job)!.epoch;
    } catch (error) {
      throw sqliteFailure(error, this.#database);
    }
  }

  #rows(job: string): Row[] {
    return this.#database
      .prepare<[string], Row>(
        `SELECT * FROM ${quoteName(this.#options.checkpoints)} WHERE job = ? ORDER BY number DESC`,
      )
      .all(job);
  }

  #newest(job: string): number | undefined {
    return this.#rows(job)[0]?.number;
  }

  #read(row: Row, job: string): Checkpoint {
    const checkpoint = parse(row);
    this.#tables.state.verify(this.#database, job, row.number, checkpoint.sets);
    if (row.number === this.#newest(job)) staged.verify(this.#database, job, checkpoint);
    return checkpoint;
  }
}
