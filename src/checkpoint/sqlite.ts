import { createHash } from 'node:crypto';
import { type Database, openSqlite, SqliteTransaction } from '../clients/sqlite.ts';
import type { Millis } from '../clock.ts';
import { messageOf } from '../errors.ts';
import { createLetterTable, saveLetters } from './sqlite-letters.ts';
import type { Checkpoint, CheckpointHead, CheckpointStore, Effects, Lease, TokenRange } from './store.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS sluice_jobs (
  job TEXT PRIMARY KEY, epoch INTEGER NOT NULL, tokens_reserved_until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sluice_checkpoints (
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

/** Checkpoints in a SQLite file: one transaction a checkpoint, durable when it returns. */
export async function openSqliteStore(
  file: string,
  options: { keep: number; notice: (line: string) => void },
): Promise<CheckpointStore> {
  const database = await openSqlite(file);
  database.exec(SCHEMA);
  createLetterTable(database);
  return new SqliteStore(database, options);
}

class SqliteStore implements CheckpointStore {
  readonly #database: Database;
  readonly #options: { keep: number; notice: (line: string) => void };

  constructor(database: Database, options: { keep: number; notice: (line: string) => void }) {
    this.#database = database;
    this.#options = options;
  }

  async latest(job: string): Promise<Checkpoint | undefined> {
    const rows = this.#database
      .prepare<[string], Row>('SELECT * FROM sluice_checkpoints WHERE job = ? ORDER BY number DESC')
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
    return new SqliteLease(this.#database, job, epoch, this.#options.keep);
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
  readonly #keep: number;

  constructor(database: Database, job: string, epoch: number, keep: number) {
    this.#database = database;
    this.#transaction = new SqliteTransaction(database);
    this.#job = job;
    this.epoch = epoch;
    this.#keep = keep;
  }

  async list(): Promise<readonly CheckpointHead[]> {
    const rows = this.#database
      .prepare<[string], Row>('SELECT * FROM sluice_checkpoints WHERE job = ? ORDER BY number DESC')
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
      .prepare<[string, number], Row>('SELECT * FROM sluice_checkpoints WHERE job = ? AND number = ?')
      .get(this.#job, number);
    if (row === undefined) throw new Error(`job ${this.#job} has no checkpoint ${number}`);
    return parse(row);
  }

  async save(checkpoint: Checkpoint, effects: Effects): Promise<{ bytes: number } | 'fenced'> {
    return this.#database
      .transaction(() => {
        if (!this.#isHolder()) return 'fenced';
        const joined = effects.join?.(this.#transaction);
        const record = JSON.stringify({
          ...checkpoint,
          counters: { ...checkpoint.counters, ...joined?.counters },
        });
        saveLetters(this.#transaction, [...effects.letters, ...(joined?.letters ?? [])]);
        this.#transaction.run('INSERT OR REPLACE INTO sluice_checkpoints VALUES (?, ?, ?, ?, ?, ?, ?)', [
          this.#job,
          checkpoint.number,
          checkpoint.epoch,
          checkpoint.createdAt,
          checkpoint.status,
          checksumOf(record),
          record,
        ]);
        this.#transaction.run(
          'DELETE FROM sluice_checkpoints WHERE job = ? AND (number <= ? OR number > ?)',
          [this.#job, checkpoint.number - this.#keep, checkpoint.number],
        );
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
