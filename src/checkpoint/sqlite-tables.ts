import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { SqliteLetters } from './sqlite-letters.ts';
import { SqliteStaged } from './sqlite-staged.ts';
import type { SqliteState } from './sqlite-state.ts';
import type { StateSet } from './state-sets.ts';
import type { Checkpoint, CheckpointHead } from './store.ts';

/** A checkpoint, as its table has it. */
export interface Row {
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

export const staged = new SqliteStaged();

export interface Tables {
  readonly state: SqliteState;
  readonly letters: SqliteLetters;
}

/** As it is kept: with what it needs of the table of state. */
export interface StoredCheckpoint extends Checkpoint {
  readonly sets: readonly StateSet[];
}

export function checksumOf(record: string): string {
  return createHash('sha256').update(record).digest('hex');
}

/** Throws for a record that is not what was written. */
export function parse(row: Row): StoredCheckpoint {
  if (checksumOf(row.record) !== row.checksum) {
    throw new Error(`checkpoint ${row.number} is damaged: its checksum does not fit`);
  }
  return JSON.parse(row.record);
}
