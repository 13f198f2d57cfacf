import { type Database, quoteName, SqliteTransaction, sqliteFailure } from '../clients/sqlite.ts';
import type { Millis } from '../clock.ts';
import { TakenOverError } from '../errors.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { SqliteLetters } from './sqlite-letters.ts';
import type { SqliteState } from './sqlite-state.ts';
import {
  checksumOf,
  parse,
  type Row,
  type SqliteStoreOptions,
  type StoredCheckpoint,
  staged,
  type Tables,
} from './sqlite-tables.ts';
import { chunksOf, type StateChunk } from './state-chunks.ts';
import { StateSets, stateId } from './state-sets.ts';
import type { Checkpoint, Effects, Lease, StagedChunk, StatePart, TokenRange } from './store.ts';
import { Turns } from './turns.ts';

/** Chunks of state in one transaction: some ten milliseconds' worth. More than that is written ahead. */
const CHUNKS_AT_ONCE = 8;
/** So long chunks are made before events get a turn. */
const LONGEST_TURN: Millis = 10;

/** What was written ahead, in bytes with the rest, and the rest, which belongs into the checkpoint's own transaction. */
interface Ahead<Chunk> {
  readonly bytes: number;
  readonly left: readonly Chunk[];
}

/** One run's hold on a job: one transaction a checkpoint, but for what is written ahead of it. */
export class SqliteLease implements Lease {
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
  /** What the last checkpoint needs, and so the next one too. */
  #sets = new StateSets();

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
    if (!this.#hasSaved) this.#sets = this.#setsOf(number - 1);
    const written = new Map<string, number>();
    const chunks = counted(chunksOf(effects.state), written);
    const state = await this.#saveAhead(chunks, (some) => this.#saveState(number, some));
    if (state === 'fenced') return state;
    const rows = await this.#saveAhead(effects.staged ?? [], (chunks) => this.#saveStaged(number, chunks));
    if (rows === 'fenced') return rows;
    const sets = this.#sets.next(number, effects.state, written, (delta) =>
      this.#turns.neededFrom(number, delta),
    );
    const stored = { ...checkpoint, ...sets };
    const saved = this.#database
      .transaction(() => (this.#isHolder() ? this.#commit(stored, effects, state, rows) : 'fenced'))
      .immediate();
    if (saved === 'fenced') return saved;
    this.#sets = sets;
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

  /** What the checkpoint needs that this run goes on from; a fresh start needs nothing. */
  #setsOf(number: number): StateSets {
    const row = this.#database
      .prepare<[string, number], Row>(`SELECT * FROM ${this.#table} WHERE job = ? AND number = ?`)
      .get(this.#job, number);
    return new StateSets(row && parse(row).sets);
  }

  #commit(
    checkpoint: StoredCheckpoint,
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

/** The same chunks; as they are taken, how many there are of each state. */
function* counted(chunks: Iterable<StateChunk>, counts: Map<string, number>): Iterable<StateChunk> {
  for (const chunk of chunks) {
    const id = stateId(chunk);
    counts.set(id, (counts.get(id) ?? 0) + 1);
    yield chunk;
  }
}

/** The letters of joined rows are known only here. */
function outboxWith({ outbox }: Checkpoint, letters: readonly DeadLetter[]): Checkpoint['outbox'] {
  return outbox && { ...outbox, ids: [...outbox.ids, ...letters.map(({ id }) => id)] };
}
