import { createHash } from 'node:crypto';
import { type Database, openSqlite, quoteName, SqliteTransaction } from '../clients/sqlite.ts';
import type { Millis } from '../clock.ts';
import { messageOf } from '../errors.ts';
import { createLetterTable, saveLetters } from './sqlite-letters.ts';
import { createStateTable, dropStateFrom, loadState, saveState } from './sqlite-state.ts';
import type {
  Checkpoint,
  CheckpointHead,
  CheckpointStore,
  Effects,
  Lease,
  StateEntry,
  TokenRange,
} from './store.ts';

const schema = (table: string) => `
CREATE TABLE IF NOT EXISTS sluice_jobs (
  job TEXT PRIMARY KEY, epoch INTEGER NOT NULL, tokens_reserved_until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ${quoteName(table)} (
  job TEXT NOT NULL, number INTEGER NOT NULL, epoch INTEGER NOT NULL, created_at INTEGER NOT NULL,
  status TEXT NOT NULL, checksum TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (job, number)
) WITHOUT ROWID;`;

interface Row {
  number: number;
  epoch: number;
  created_at: number;
  status: CheckpointHead['status'];
  checksum: string;
  record: string;
}

export interface SqliteStoreOptions {
  /** How many checkpoints stay. */
  readonly keep: number;
  /** The names of the tables. */
  readonly checkpoints: string;
  readonly letters: string;
  readonly state: string;
  readonly notice: (line: string) => void;
}

/** Checkpoints in a SQLite file: one transaction a checkpoint, durable when it returns. */
export async function openSqliteStore(file: string, options: SqliteStoreOptions): Promise<CheckpointStore> {
  const database = await openSqlite(file);
  database.exec(schema(options.checkpoints));
  createLetterTable(database, options.letters);
  createStateTable(database, options.state);
  return new SqliteStore(database, options);
}

class SqliteStore implements CheckpointStore {
  readonly #database: Database;
  readonly #options: SqliteStoreOptions;

  constructor(database: Database, options: SqliteStoreOptions) {
    this.#database = database;
    this.#options = options;
  }

  async latest(job: string): Promise<Checkpoint | undefined> {
    const rows = this.#database
      .prepare<[string], Row>(
        `SELECT * FROM ${quoteName(this.#options.checkpoints)} WHERE job = ? ORDER BY number DESC`,
      )
      .iterate(job);
    for (const row of rows) {
      try {
        return parse(row);
      } catch (error) {
        this.#options.notice(`${messageOf(error)}; falling back to the one before`);
      }
    }
    return undefined;
  }

  async acquire(job: string): Promise<Lease> {
    const epoch = this.#database
      .prepare<[string], { epoch: number }>(
        `INSERT INTO sluice_jobs VALUES (?, 1, 0) ON CONFLICT (job) DO UPDATE SET epoch = epoch + 1 RETURNING epoch`,
      )
      .get(job)!.epoch;
    return new SqliteLease(this.#database, job, epoch, this.#options);
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}

class SqliteLease implements Lease {
  readonly epoch: number;
  readonly #database: Database;
  readonly #transaction: SqliteTransaction;
  readonly #job: string;
  readonly #options: SqliteStoreOptions;
  readonly #table: string;
  #hasSaved = false;

  constructor(database: Database, job: string, epoch: number, options: SqliteStoreOptions) {
    this.#database = database;
    this.#transaction = new SqliteTransaction(database);
    this.#job = job;
    this.epoch = epoch;
    this.#options = options;
    this.#table = quoteName(options.checkpoints);
  }

  async list(): Promise<readonly CheckpointHead[]> {
    const rows = this.#database
      .prepare<[string], Row>(`SELECT * FROM ${this.#table} WHERE job = ? ORDER BY number DESC`)
      .all(this.#job);
    return rows.map((row) => ({
      number: row.number,
      epoch: row.epoch,
      createdAt: row.created_at,
      status: row.status,
      bytes: row.record.length,
    }));
  }

  async load(number: number): Promise<Checkpoint> {
    const row = this.#database
      .prepare<[string, number], Row>(`SELECT * FROM ${this.#table} WHERE job = ? AND number = ?`)
      .get(this.#job, number);
    if (row === undefined) throw new Error(`job ${this.#job} has no checkpoint ${number}`);
    return parse(row);
  }

  loadState(number: number): Iterable<StateEntry> {
    return loadState(this.#database, this.#options.state, this.#job, number);
  }

  async save(checkpoint: Checkpoint, effects: Effects): Promise<{ bytes: number } | 'fenced'> {
    return this.#database
      .transaction(() => {
        if (!this.#isHolder()) return 'fenced';
        const { number } = checkpoint;
        if (!this.#hasSaved) dropStateFrom(this.#transaction, this.#options.state, this.#job, number);
        this.#hasSaved = true;
        const oldest = number - this.#options.keep + 1;
        saveState(
          this.#transaction,
          this.#options.state,
          this.#job,
          { current: number, oldest },
          effects.state,
        );
        const joined = effects.join?.(this.#transaction);
        const record = JSON.stringify({
          ...checkpoint,
          counters: { ...checkpoint.counters, ...joined?.counters },
        });
        saveLetters(this.#transaction, this.#options.letters, [
          ...effects.letters,
          ...(joined?.letters ?? []),
        ]);
        this.#transaction.run(`INSERT OR REPLACE INTO ${this.#table} VALUES (?, ?, ?, ?, ?, ?, ?)`, [
          this.#job,
          number,
          checkpoint.epoch,
          checkpoint.createdAt,
          checkpoint.status,
          checksumOf(record),
          record,
        ]);
        this.#transaction.run(`DELETE FROM ${this.#table} WHERE job = ? AND (number < ? OR number > ?)`, [
          this.#job,
          oldest,
          number,
        ]);
        return { bytes: record.length };
      })
      .immediate();
  }

  async reserve(count: bigint, now: Millis): Promise<TokenRange> {
    const { until } = this.#database
      .prepare<[number, bigint, string], { until: bigint }>(
        `UPDATE sluice_jobs SET tokens_reserved_until = max(? * 1000, tokens_reserved_until) + ?
         WHERE job = ? RETURNING tokens_reserved_until AS until`,
      )
      .safeIntegers()
      .get(Math.floor(now), count, this.#job)!;
    return { next: until - count, end: until };
  }

  async release(): Promise<void> {}

  #isHolder(): boolean {
    const row = this.#database
      .prepare<[string], { epoch: number }>('SELECT epoch FROM sluice_jobs WHERE job = ?')
      .get(this.#job);
    return row?.epoch === this.epoch;
  }
}

function checksumOf(record: string): string {
  return createHash('sha256').update(record).digest('hex');
}

function parse(row: Row): Checkpoint {
  if (checksumOf(row.record) !== row.checksum) {
    throw new Error(`checkpoint ${row.number} is damaged: its checksum does not fit`);
  }
  return JSON.parse(row.record);
}
