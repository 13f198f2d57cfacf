import { createHash } from 'node:crypto';
import type { Checkpoint, CheckpointHead } from '../store.ts';
import type { Committed } from './head.ts';
import type { PatientClient } from './patient-client.ts';
import type { Tables } from './tables.ts';

/** The state that one checkpoint saw changed. */
export interface StateSet {
  readonly of: Committed;
  readonly chunks: number;
}

/** A checkpoint as it is stored. */
export interface StoredCheckpoint extends Checkpoint {
  /** What makes up its state, oldest first. */
  readonly sets: readonly StateSet[];
  /** Of its record, of its own part of state and of its rows. */
  readonly bytes: number;
}

/** The records of one job's checkpoints. */
export class Records {
  readonly #client: PatientClient;
  readonly #table: string;
  readonly #job: string;

  constructor(client: PatientClient, { checkpoints }: Tables, job: string) {
    this.#client = client;
    this.#table = checkpoints;
    this.#job = job;
  }

  /** Gives the size in bytes, now with that of the record. */
  async save(checkpoint: StoredCheckpoint): Promise<number> {
    const record = JSON.stringify(checkpoint);
    await this.#client.execute(
      `INSERT INTO ${this.#table} (job, number, epoch, record, checksum) VALUES (?, ?, ?, ?, ?)`,
      [this.#job, BigInt(checkpoint.number), BigInt(checkpoint.epoch), record, checksumOf(record)],
    );
    return checkpoint.bytes + record.length;
  }

  /** Throws if it is not there, or damaged. */
  async load([number, epoch]: Committed): Promise<StoredCheckpoint> {
    const { rows } = await this.#client.execute(
      `SELECT record, checksum FROM ${this.#table} WHERE job = ? AND number = ? AND epoch = ?`,
      [this.#job, BigInt(number), BigInt(epoch)],
    );
    const record: string | undefined = rows[0]?.get('record') ?? undefined;
    if (record === undefined) throw new Error(`checkpoint ${number} is damaged: its record is gone`);
    if (checksumOf(record) !== rows[0]?.get('checksum')) {
      throw new Error(`checkpoint ${number} is damaged: its checksum does not fit`);
    }
    const stored: StoredCheckpoint = JSON.parse(record);
    return { ...stored, bytes: stored.bytes + record.length };
  }

  async drop(dropped: readonly Committed[]): Promise<void> {
    for (const [number, epoch] of dropped) {
      await this.#client.execute(`DELETE FROM ${this.#table} WHERE job = ? AND number = ? AND epoch = ?`, [
        this.#job,
        BigInt(number),
        BigInt(epoch),
      ]);
    }
  }
}

export function summaryOf({ number, epoch, createdAt, status, bytes }: StoredCheckpoint): CheckpointHead {
  return { number, epoch, createdAt, status, bytes };
}

/** Of a record that can't be read, all that is known. */
export function damagedSummary([number, epoch]: Committed): CheckpointHead {
  return { number, epoch, createdAt: 0, status: 'running', bytes: 0 };
}

function checksumOf(record: string): string {
  return createHash('sha256').update(record).digest('hex');
}
