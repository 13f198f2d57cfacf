import { types } from 'cassandra-driver';
import type { PatientClient } from './patient-client.ts';
import type { Tables } from './tables.ts';

/** A checkpoint that counts, by its number and the epoch that wrote it. */
export type Committed = readonly [number: number, epoch: number];

/** What the conditional updates of one job decide. */
export interface Head {
  readonly epoch: number;
  /** Which attempt to change the head succeeded last. */
  readonly attempt: string;
  /** The newest first. */
  readonly kept: readonly Committed[];
  /** Microseconds: no token below it will be given out again. */
  readonly tokens: bigint;
}

/** The head of a job, read and changed by compare-and-set. */
export class HeadRow {
  readonly #client: PatientClient;
  readonly #table: string;
  readonly #job: string;

  constructor(client: PatientClient, { checkpoints }: Tables, job: string) {
    this.#client = client;
    this.#table = checkpoints;
    this.#job = job;
  }

  async read(): Promise<Head | undefined> {
    const row = await this.#client.readSerial(
      `SELECT head_epoch, head_attempt, head_kept, head_tokens FROM ${this.#table} WHERE job = ? LIMIT 1`,
      [this.#job],
    );
    if (row === undefined || row.get('head_epoch') === null) return undefined;
    return {
      epoch: Number(row.get('head_epoch')),
      attempt: String(row.get('head_attempt')),
      kept: JSON.parse(row.get('head_kept')),
      tokens: BigInt(row.get('head_tokens')),
    };
  }

  /**
   * Replaces the head that was read (undefined: there is none) by another; false if it is not that one any more. An
   * answer that stays out is resolved by reading whose attempt came through.
   */
  async replace(from: Head | undefined, to: Omit<Head, 'attempt'>): Promise<Head | undefined> {
    const attempt = types.Uuid.random();
    const condition = from === undefined ? 'head_attempt = null' : 'head_attempt = ?';
    for (;;) {
      const answer = await this.#client.attempt(
        `UPDATE ${this.#table} SET head_epoch = ?, head_attempt = ?, head_kept = ?, head_tokens = ?
         WHERE job = ? IF ${condition}`,
        [
          BigInt(to.epoch),
          attempt,
          JSON.stringify(to.kept),
          to.tokens,
          this.#job,
          ...(from === undefined ? [] : [types.Uuid.fromString(from.attempt)]),
        ],
      );
      if (answer === 'applied') return { ...to, attempt: String(attempt) };
      const now = await this.read();
      if (now?.attempt === String(attempt)) return now;
      if (now?.attempt !== from?.attempt) return undefined;
    }
  }
}
