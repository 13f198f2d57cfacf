import { crc32 } from 'node:zlib';
import { partOf, verifyChunk } from '../state-chunks.ts';
import type { StagedChunk, StatePart } from '../store.ts';
import { type Chunk, Chunks } from './chunks.ts';
import { type Committed, HeadRow } from './head.ts';
import { CassandraLetters, chunksOfLetters, isOfLetters, type LetterEffects } from './letters.ts';
import type { PatientClient } from './patient-client.ts';
import { Records, type StoredCheckpoint } from './records.ts';
import type { Tables } from './tables.ts';

const CHECKSUM_BYTES = 4;

/** All that is stored of one job. */
export class JobTables {
  readonly head: HeadRow;
  readonly records: Records;
  readonly state: Chunks;
  readonly staged: Chunks;
  readonly letters: CassandraLetters;

  constructor(client: PatientClient, tables: Tables, job: string) {
    this.head = new HeadRow(client, tables, job);
    this.records = new Records(client, tables, job);
    this.state = new Chunks(client, tables.state, job);
    this.staged = new Chunks(client, tables.staged, job);
    this.letters = new CassandraLetters(client, tables, job);
  }

  /** Throws if the checkpoint, or anything that it needs, is not there as it was written. */
  async load(committed: Committed): Promise<StoredCheckpoint> {
    const checkpoint = await this.records.load(committed);
    for (const { of, chunks } of checkpoint.sets) {
      let found = 0;
      for await (const chunk of this.state.load([of])) {
        verifyChunk(chunk);
        found++;
      }
      if (found < chunks) throw damaged(committed, 'parts of its state are gone');
    }
    const rows = await this.#stagedParts(committed);
    for (const [sink, parts] of Object.entries(checkpoint.staged ?? {})) {
      const found = rows.filter(({ node }) => node === sink).length;
      // The rows of an older checkpoint are delivered, and gone.
      if (found > 0 && found !== parts) throw damaged(committed, `rows of ${sink} are gone`);
    }
    return checkpoint;
  }

  async *loadState({ sets }: StoredCheckpoint): AsyncIterable<StatePart> {
    const newestFirst = sets.map(({ of }) => of).reverse();
    for await (const chunk of this.state.load(newestFirst)) yield partOf(chunk);
  }

  async loadStaged(committed: Committed): Promise<readonly StagedChunk[]> {
    const parts = (await this.#stagedParts(committed)).filter((part) => !isOfLetters(part));
    return parts.map(({ node, part, bytes }) => ({ sink: node, part, bytes }));
  }

  /** Rows of staged sinks, and letters, until the checkpoint counts. */
  saveStaged(
    committed: Committed,
    staged: readonly StagedChunk[],
    letters: LetterEffects,
  ): Promise<{ bytes: number }> {
    const rows = staged.map(({ sink, part, bytes }) => ({ node: sink, state: '', part, bytes }));
    const chunks = [...rows, ...chunksOfLetters(letters)];
    return this.staged.save(
      committed,
      chunks.map((chunk) => ({ ...chunk, bytes: seal(chunk.bytes) })),
    );
  }

  /** The checkpoint counts: so do its letters. */
  async applyLetters(committed: Committed): Promise<void> {
    const parts = (await this.#stagedParts(committed)).filter(isOfLetters);
    for (const { bytes } of parts) await this.letters.apply(bytes);
    for (const part of parts) await this.staged.dropPart(committed, part);
  }

  /** Forgets checkpoints that no longer count, and state that none of those left needs. */
  async drop(checkpoints: readonly Committed[], sets: readonly Committed[]): Promise<void> {
    await this.records.drop(checkpoints);
    await this.staged.drop(checkpoints);
    await this.state.drop(sets);
  }

  async #stagedParts(committed: Committed): Promise<Chunk[]> {
    const parts: Chunk[] = [];
    for await (const chunk of this.staged.load([committed])) {
      parts.push({ ...chunk, bytes: unseal(committed, chunk.bytes) });
    }
    return parts;
  }
}

function seal(bytes: Uint8Array): Buffer {
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeUInt32LE(crc32(bytes));
  return Buffer.concat([checksum, bytes]);
}

function unseal(committed: Committed, sealed: Buffer): Buffer {
  const bytes = sealed.subarray(CHECKSUM_BYTES);
  if (sealed.length < CHECKSUM_BYTES || sealed.readUInt32LE(0) !== crc32(bytes)) {
    throw damaged(committed, 'the checksum of its rows does not fit');
  }
  return bytes;
}

function damaged([number]: Committed, what: string): Error {
  return new Error(`checkpoint ${number} is damaged: ${what}`);
}
