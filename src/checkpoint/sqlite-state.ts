import { deserialize, serialize } from 'node:v8';
import { type Database, quoteName } from '../clients/sqlite.ts';
import type { LocalTransaction } from '../component/sink.ts';
import type { StateDelta, StateEntry } from './store.ts';

/** A row is what a key held as of checkpoint `number`; value NULL: the key was gone. */
export function createStateTable(database: Database, table: string): void {
  database.exec(`CREATE TABLE IF NOT EXISTS ${quoteName(table)} (
    job TEXT NOT NULL, node TEXT NOT NULL, state TEXT NOT NULL, key TEXT NOT NULL, number INTEGER NOT NULL,
    value BLOB, PRIMARY KEY (job, node, state, key, number)) WITHOUT ROWID`);
}

/** Writes what changed, and drops what no kept checkpoint (`oldest` is the first of them) can need any more. */
export function saveState(
  transaction: LocalTransaction,
  table: string,
  job: string,
  numbers: { readonly current: number; readonly oldest: number },
  deltas: readonly StateDelta[],
): void {
  const name = quoteName(table);
  const insert = `INSERT OR REPLACE INTO ${name} VALUES (?, ?, ?, ?, ?, ?)`;
  const prune = `DELETE FROM ${name} WHERE job = ?1 AND node = ?2 AND state = ?3 AND key = ?4 AND number < (
    SELECT max(number) FROM ${name} WHERE job = ?1 AND node = ?2 AND state = ?3 AND key = ?4 AND number <= ?5)`;
  for (const { node, state, changes } of deltas) {
    for (const [key, value] of changes) {
      const bytes = value === undefined ? null : serialize(value);
      transaction.run(insert, [job, node, state, key, numbers.current, bytes]);
      transaction.run(prune, [job, node, state, key, numbers.oldest]);
    }
  }
}

/** Forgets what was written for `number` and later: a fresh start, or going on from an older checkpoint. */
export function dropStateFrom(
  transaction: LocalTransaction,
  table: string,
  job: string,
  number: number,
): void {
  transaction.run(`DELETE FROM ${quoteName(table)} WHERE job = ? AND number >= ?`, [job, number]);
}

/** All keys as of checkpoint `number`. */
export function* loadState(
  database: Database,
  table: string,
  job: string,
  number: number,
): Iterable<StateEntry> {
  const rows = database
    .prepare<[string, number], { node: string; state: string; key: string; value: Buffer | null }>(
      // SQLite takes the bare columns from the row that has the maximum.
      `SELECT node, state, key, value, max(number) FROM ${quoteName(table)}
       WHERE job = ? AND number <= ? GROUP BY node, state, key`,
    )
    .iterate(job, number);
  for (const { node, state, key, value } of rows) {
    if (value !== null) yield { node, state, key, value: deserialize(value) };
  }
}
