import type { Committed } from './head.ts';
import type { PatientClient } from './patient-client.ts';

/** Chunks written at once. */
const IN_FLIGHT = 8;

/** A part of what a checkpoint holds for one node. */
export interface Chunk {
  readonly node: string;
  /** What it is of: a state of the node, or its staged rows. */
  readonly state: string;
  readonly part: number;
  readonly bytes: Uint8Array;
}

/** A table of chunks: a partition is what one checkpoint of the job holds, beside its record. */
export class Chunks {
  readonly #client: PatientClient;
  readonly #table: string;
  readonly #job: string;

  constructor(client: PatientClient, table: string, job: string) {
    this.#client = client;
    this.#table = table;
    this.#job = job;
  }

  /** Resolves when all of it is there; tells how many chunks and bytes that is. */
  async save(of: Committed, chunks: Iterable<Chunk>): Promise<{ chunks: number; bytes: number }> {
    const saved = { chunks: 0, bytes: 0 };
    const iterator = chunks[Symbol.iterator]();
    const writer = async () => {
      for (let next = iterator.next(); !next.done; next = iterator.next()) {
        const { node, state, part, bytes } = next.value;
        saved.chunks++;
        saved.bytes += bytes.length;
        await this.#client.execute(
          `INSERT INTO ${this.#table} (job, number, epoch, node, state, part, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)`,
          [...this.#partition(of), node, state, part, Buffer.from(bytes)],
        );
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, writer));
    return saved;
  }

  /** What these checkpoints hold, in their order. */
  async *load(sets: readonly Committed[]): AsyncIterable<Chunk & { readonly bytes: Buffer }> {
    for (const set of sets) {
      const pages = this.#client.stream(
        `SELECT node, state, part, bytes FROM ${this.#table} WHERE job = ? AND number = ? AND epoch = ?`,
        this.#partition(set),
      );
      for await (const rows of pages) {
        for (const row of rows) {
          yield {
            node: row.get('node'),
            state: row.get('state'),
            part: row.get('part'),
            bytes: row.get('bytes'),
          };
        }
      }
    }
  }

  async drop(sets: readonly Committed[]): Promise<void> {
    for (const set of sets) {
      await this.#client.execute(
        `DELETE FROM ${this.#table} WHERE job = ? AND number = ? AND epoch = ?`,
        this.#partition(set),
      );
    }
  }

  async dropPart(of: Committed, { node, state, part }: Chunk): Promise<void> {
    await this.#client.execute(
      `DELETE FROM ${this.#table} WHERE job = ? AND number = ? AND epoch = ? AND node = ? AND state = ? AND part = ?`,
      [...this.#partition(of), node, state, part],
    );
  }

  #partition([number, epoch]: Committed): readonly unknown[] {
    return [this.#job, BigInt(number), BigInt(epoch)];
  }
}
