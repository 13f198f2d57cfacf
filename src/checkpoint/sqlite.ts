import { createHash } from 'node:crypto';
import { type Database, openSqlite, quoteName, SqliteTransaction, sqliteFailure } from '../clients/sqlite.ts';
import type { Clock, Millis } from '../clock.ts';
import { messageOf, TakenOverError } from '../errors.ts';
import type { DeadLetter, Letters } from './dead-letter.ts';
import { SqliteLetters } from './sqlite-letters.ts';
import { SqliteStaged } from './sqlite-staged.ts';
import { SqliteState } from './sqlite-state.ts';
import { chunksOf, type StateChunk } from './state-chunks.ts';
import type {
  Checkpoint,
  CheckpointHead,
  CheckpointStore,
  Effects,
  Lease,
  StagedChunk,
  StatePart,
  TokenRange,
} from './store.ts';
import { Turns } from './turns.ts';

/** Chunks of state in one transaction: some ten milliseconds' worth. More than that is written ahead. */
const CHUNKS_AT_ONCE = 8;
/** So long chunks are made before events get a turn. */
const LONGEST_TURN: Millis = 10;

const schema = (table: string) => `
CREATE TABLE IF NOT EXISTS sluice_jobs (
  job TEXT PRIMARY KEY, epoch INTEGER NOT NULL, tokens_reserved_until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ${quoteName(table)} (
  job TEXT NOT NULL, number INTEGER NOT NULL, epoch INTEGER NOT NULL, created_at INTEGER NOT NULL,
  status TEXT NOT NULL, bytes INTEGER NOT NULL, checksum TEXT NOT NULL, record TEXT NOT NULL,
  PRIMARY KEY (job, number)
) WITHOUT ROWID;`;

interface Row {
  number: number;
  epoch: number;
  created_at: number;
  status: CheckpointHead['status'];
  bytes: number;
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
  readonly clock: Clock;
  readonly notice: (line: string) => void;
}

const staged = new SqliteStaged();

interface Tables {
  readonly state: SqliteState;
  readonly letters: SqliteLetters;
}

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
    this.#tables.state.verify(this.#database, job, row.number);
    if (row.number === this.#newest(job)) staged.verify(this.#database, job, checkpoint);
    return checkpoint;
  }
}

/** What was written ahead, in bytes with the rest, and the rest, which belongs into the checkpoint's own transaction. */
interface Ahead<Chunk> {
  readonly bytes: number;
  readonly left: readonly Chunk[];
}

class SqliteLease implements Lease {
  readonly epoch: number;
  readonly #database: Database;
  readonly #transaction: SqliteTransaction;
  readonly #job: string;
  readonly #options: SqliteStoreOptions;
  readonly #state: SqliteState;
  readonly #letters: SqliteLetters;
  readonly #turns = new Turns();
  readonly #table: string;
  #hasSaved = false;

  constructor(
    database: Database,
    { state, letters }: Tables,
    job: string,
    epoch: number,
    options: SqliteStoreOptions,
  ) {
    this.#database = database;
    this.#state = state;
    this.#letters = letters;
    this.#transaction = new SqliteTransaction(database);
    this.#job = job;
    this.epoch = epoch;
    this.#options = options;
    this.#table = quoteName(options.checkpoints);
  }

  async *loadState(number: number): AsyncIterable<StatePart> {
    for (const part of this.#state.load(this.#database, this.#job, number)) {
      yield part;
      await this.#options.clock.yield();
    }
  }

  async loadStaged(number: number): Promise<readonly StagedChunk[]> {
    return staged.load(this.#database, this.#job, number);
  }

  async isHolder(): Promise<boolean> {
    return this.#isHolder();
  }

  async save(checkpoint: Checkpoint, effects: Effects): Promise<{ bytes: number } | 'fenced'> {
    try {
      return await this.#save(checkpoint, effects);
    } catch (error) {
      throw sqliteFailure(error, this.#database);
    }
  }

  async #save(checkpoint: Checkpoint, effects: Effects): Promise<{ bytes: number } | 'fenced'> {
    const { number } = checkpoint;
    const state = await this.#saveAhead(chunksOf(effects.state), (chunks) => this.#saveState(number, chunks));
    if (state === 'fenced') return state;
    const rows = await this.#saveAhead(effects.staged ?? [], (chunks) => this.#saveStaged(number, chunks));
    if (rows === 'fenced') return rows;
    const saved = this.#database
      .transaction(() => (this.#isHolder() ? this.#commit(checkpoint, effects, state, rows) : 'fenced'))
      .immediate();
    if (saved === 'fenced') return saved;
    this.#turns.note(number, effects.state);
    await this.#prune(number - this.#options.keep + 1);
    return saved;
  }

  async reserve(count: bigint, now: Millis): Promise<TokenRange> {
    const reserved = this.#database
      .prepare<[number, bigint, string, number], { until: bigint }>(
        `UPDATE sluice_jobs SET tokens_reserved_until = max(? * 1000, tokens_reserved_until) + ?
         WHERE job = ? AND epoch = ? RETURNING tokens_reserved_until AS until`,
      )
      .safeIntegers()
      .get(Math.floor(now), count, this.#job, this.epoch);
    if (reserved === undefined) throw new TakenOverError(this.#job);
    return { next: reserved.until - count, end: reserved.until };
  }

  async release(): Promise<void> {}

  /** Writes much of it before the checkpoint that will need it, in many short transactions; gives what is left. */
  async #saveAhead<Chunk extends { readonly bytes: Uint8Array }>(
    chunks: Iterable<Chunk>,
    save: (chunks: readonly Chunk[]) => void,
  ): Promise<Ahead<Chunk> | 'fenced'> {
    const { clock } = this.#options;
    let bytes = 0;
    let left: Chunk[] = [];
    let turn = clock.elapsed();
    const giveTurn = async () => {
      await clock.yield();
      turn = clock.elapsed();
    };
    for (const chunk of chunks) {
      if (left.length === CHUNKS_AT_ONCE) {
        const waiting = left;
        const isSaved = this.#database
          .transaction(() => {
            if (!this.#isHolder()) return false;
            save(waiting);
            return true;
          })
          .immediate();
        if (!isSaved) return 'fenced';
        left = [];
        await giveTurn();
      }
      bytes += chunk.bytes.length;
      left.push(chunk);
      if (clock.elapsed() - turn >= LONGEST_TURN) await giveTurn();
    }
    return { bytes, left };
  }

  #saveState(number: number, chunks: readonly StateChunk[]): void {
    this.#dropAbandoned(number);
    this.#state.save(this.#transaction, this.#job, number, chunks);
  }

  #saveStaged(number: number, chunks: readonly StagedChunk[]): void {
    this.#dropAbandoned(number);
    staged.save(this.#transaction, this.#job, number, chunks);
  }

  /** What an earlier run wrote for a checkpoint that it never completed, or that this run does not go on from. */
  #dropAbandoned(number: number): void {
    if (this.#hasSaved) return;
    this.#hasSaved = true;
    this.#state.dropFrom(this.#transaction, this.#job, number);
    staged.dropFrom(this.#transaction, this.#job, number);
  }

  #commit(
    checkpoint: Checkpoint,
    effects: Effects,
    state: Ahead<StateChunk>,
    rows: Ahead<StagedChunk>,
  ): { bytes: number } {
    const { number } = checkpoint;
    this.#saveState(number, state.left);
    this.#saveStaged(number, rows.left);
    staged.dropBefore(this.#transaction, this.#job, number);
    const joined = effects.join?.(this.#transaction);
    const record = JSON.stringify({
      ...checkpoint,
      counters: { ...checkpoint.counters, ...joined?.counters },
      outbox: outboxWith(checkpoint, joined?.letters ?? []),
    });
    this.#letters.markReplayed(this.#transaction, this.#job, effects.replayed ?? []);
    this.#letters.save(this.#transaction, [...effects.letters, ...(joined?.letters ?? [])]);
    const bytes = record.length + state.bytes + rows.bytes;
    this.#transaction.run(`INSERT OR REPLACE INTO ${this.#table} VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, [
      this.#job,
      number,
      checkpoint.epoch,
      checkpoint.createdAt,
      checkpoint.status,
      bytes,
      checksumOf(record),
      record,
    ]);
    this.#transaction.run(`DELETE FROM ${this.#table} WHERE job = ? AND (number < ? OR number > ?)`, [
      this.#job,
      number - this.#options.keep + 1,
      number,
    ]);
    return { bytes };
  }

  async #prune(oldest: number): Promise<void> {
    for (const superseded of this.#turns.takeSuperseded(oldest)) {
      while (this.#state.prune(this.#transaction, this.#job, superseded)) await this.#options.clock.yield();
    }
  }

  #isHolder(): boolean {
    const row = this.#database
      .prepare<[string], { epoch: number }>('SELECT epoch FROM sluice_jobs WHERE job = ?')
      .get(this.#job);
    return row?.epoch === this.epoch;
  }
}

/** The letters of joined rows are known only here. */
function outboxWith({ outbox }: Checkpoint, letters: readonly DeadLetter[]): Checkpoint['outbox'] {
  return outbox && { ...outbox, ids: [...outbox.ids, ...letters.map(({ id }) => id)] };
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
