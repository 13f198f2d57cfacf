import { type Database, quoteName } from '../clients/sqlite.ts';
import type { LocalTransaction } from '../component/sink.ts';
import { DamagedState, freeChunk, partOf, type StateChunk, verifyChunk } from './state-chunks.ts';
import { chunkId, type StateSet, StateSets } from './state-sets.ts';
import type { StatePart } from './store.ts';
import type { Superseded } from './turns.ts';

interface Row {
  readonly number: number;
  readonly node: string;
  readonly state: string;
  readonly bytes: Buffer;
}

/** The table of keyed state: rows are chunks of what checkpoint `number` saw changed; later ones stand above. */
export class SqliteState {
  readonly #table: string;

  constructor(table: string) {
    this.#table = quoteName(table);
  }

  create(database: Database): void {
    database.exec(`CREATE TABLE IF NOT EXISTS ${this.#table} (
      job TEXT NOT NULL, number INTEGER NOT NULL, node TEXT NOT NULL, state TEXT NOT NULL, part INTEGER NOT NULL,
      bytes BLOB NOT NULL, PRIMARY KEY (job, number, node, state, part))`);
  }

  save(transaction: LocalTransaction, job: string, number: number, chunks: readonly StateChunk[]): void {
    for (const { node, state, part, bytes } of chunks) {
      transaction.run(`INSERT OR REPLACE INTO ${this.#table} VALUES (?, ?, ?, ?, ?, ?)`, [
        job,
        number,
        node,
        state,
        part,
        bytes,
      ]);
    }
    chunks.forEach(freeChunk);
  }

  /** Forgets what was written for `number` and later: a fresh start, or going on from an older checkpoint. */
  dropFrom(transaction: LocalTransaction, job: string, number: number): void {
    transaction.run(`DELETE FROM ${this.#table} WHERE job = ? AND number >= ?`, [job, number]);
  }

  /** Drops some of the superseded chunks. Tells whether any are left. */
  prune(transaction: LocalTransaction, job: string, { node, state, before }: Superseded): boolean {
    const { changes } = transaction.run(
      `DELETE FROM ${this.#table} WHERE rowid IN (
         SELECT rowid FROM ${this.#table} WHERE job = ? AND number < ? AND node = ? AND state = ? LIMIT 100)`,
      [job, before, node, state],
    );
    return changes === 100;
  }

  /** All keys as of checkpoint `number`, newest change first. */
  *load(database: Database, job: string, number: number): Iterable<StatePart> {
    for (const row of this.#rows(database, job, number)) {
      yield partOf(row);
      freeChunk(row);
    }
  }

  /** Throws if anything that checkpoint `number` needs is damaged, or gone. */
  verify(database: Database, job: string, number: number, sets: readonly StateSet[]): void {
    const found = new Map<string, number>();
    for (const row of this.#rows(database, job, number)) {
      verifyChunk(row);
      freeChunk(row);
      const id = chunkId(row, row.number);
      found.set(id, (found.get(id) ?? 0) + 1);
    }
    const missing = new StateSets(sets).missingFrom(found);
    if (missing !== undefined)
      throw new DamagedState(
        `the state ${missing.state} of ${missing.node} in checkpoint ${number} is damaged: parts of it are gone`,
      );
  }

  /** One by one, so that the connection is free for other statements in between. */
  *#rows(database: Database, job: string, number: number): Iterable<Row> {
    const numbered = database
      .prepare<[string, number], { rowid: number }>(
        `SELECT rowid FROM ${this.#table} WHERE job = ? AND number <= ? ORDER BY number DESC, node, state, part`,
      )
      .all(job, number);
    const byId = database.prepare<[number], Row>(
      `SELECT number, node, state, bytes FROM ${this.#table} WHERE rowid = ?`,
    );
    for (const { rowid } of numbered) yield byId.get(rowid)!;
  }
}
