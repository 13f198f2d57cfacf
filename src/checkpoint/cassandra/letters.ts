import { deserialize, serialize } from 'node:v8';
import type { types } from 'cassandra-driver';
import type { DeadLetter, LetterEvent, LetterQuery, Letters } from '../dead-letter.ts';
import { byAge, matches } from '../letter-query.ts';
import type { Chunk } from './chunks.ts';
import type { PatientClient } from './patient-client.ts';
import type { Tables } from './tables.ts';

/** What a checkpoint does to the table of dead letters, once it counts. */
export interface LetterEffects {
  readonly replayed: readonly string[];
  readonly letters: readonly DeadLetter[];
}

/** What such effects are called among a checkpoint's chunks. */
const STATE = 'dead letters';
/** Statements at once. */
const IN_FLIGHT = 64;
/** Letters in one chunk. */
const AT_ONCE = 200;

export function chunksOfLetters({ letters, replayed }: LetterEffects): Chunk[] {
  const chunks: Chunk[] = [];
  for (let start = 0; start < Math.max(letters.length, Math.min(replayed.length, 1)); start += AT_ONCE) {
    const effects: LetterEffects = {
      letters: letters.slice(start, start + AT_ONCE),
      replayed: start === 0 ? replayed : [],
    };
    chunks.push({ node: '', state: STATE, part: chunks.length, bytes: serialize(effects) });
  }
  return chunks;
}

export function isOfLetters({ node, state }: Chunk): boolean {
  return node === '' && state === STATE;
}

/** The table of dead letters. It follows the checkpoints: what is done to it can be done again. */
export class CassandraLetters implements Letters {
  readonly #client: PatientClient;
  readonly #table: string;
  readonly #job: string;

  constructor(client: PatientClient, { letters }: Pick<Tables, 'letters'>, job: string) {
    this.#client = client;
    this.#table = letters;
    this.#job = job;
  }

  async apply(bytes: Uint8Array): Promise<void> {
    const { letters, replayed }: LetterEffects = deserialize(bytes);
    const isBack = new Set(letters.map(({ id }) => id));
    const gone = replayed.filter((id) => !isBack.has(id));
    await this.#inTurns(gone, (id) =>
      this.#client.execute(`UPDATE ${this.#table} SET status = 'replayed' WHERE job = ? AND id = ?`, [
        this.#job,
        id,
      ]),
    );
    await this.put(letters);
  }

  /** Each takes the place of the one with its id. */
  async put(letters: readonly DeadLetter[]): Promise<void> {
    const newest = new Map(letters.map((letter) => [letter.id, letter]));
    const insert = `INSERT INTO ${this.#table} (job, id, status, epoch, source, partition, position, node, port, step,
      reason, message, retryable, attempts, first_at, last_at, write_token, event, record_at, bytes, key, headers)
      VALUES (${Array(22).fill('?').join(', ')})`;
    await this.#inTurns([...newest.values()], (letter) => this.#client.execute(insert, valuesOf(letter)));
  }

  async *list(query: LetterQuery): AsyncIterable<DeadLetter> {
    const found: DeadLetter[] = [];
    const pages = this.#client.stream(`SELECT * FROM ${this.#table} WHERE job = ?`, [this.#job]);
    for await (const rows of pages) {
      for (const row of rows) {
        // It was purged before the checkpoint that marks it as replayed counted.
        if (row.get('node') === null) continue;
        const letter = letterOf(row);
        if (matches(letter, query)) found.push(letter);
      }
    }
    yield* found.sort(byAge);
  }

  async purge(ids: readonly string[]): Promise<number> {
    const remove = `DELETE FROM ${this.#table} WHERE job = ? AND id = ?`;
    await this.#inTurns(ids, (id) => this.#client.execute(remove, [this.#job, id]));
    return ids.length;
  }

  /** Some of them at once. */
  async #inTurns<Item>(items: readonly Item[], act: (item: Item) => Promise<unknown>): Promise<void> {
    for (let start = 0; start < items.length; start += IN_FLIGHT) {
      await Promise.all(items.slice(start, start + IN_FLIGHT).map(act));
    }
  }
}

function valuesOf(letter: DeadLetter): readonly unknown[] {
  const blob = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes));
  return [
    letter.job,
    letter.id,
    letter.status,
    BigInt(letter.epoch),
    letter.source,
    letter.partition,
    BigInt(letter.position),
    letter.node,
    letter.port,
    letter.step,
    letter.error.code,
    letter.error.message,
    letter.error.retryable,
    letter.attempts,
    new Date(letter.firstAt),
    new Date(letter.lastAt),
    letter.token,
    letter.event === null ? null : serialize(letter.event),
    letter.timestamp,
    blob(letter.bytes),
    blob(letter.key),
    new Map(Object.entries(letter.headers)),
  ];
}

function letterOf(row: types.Row): DeadLetter {
  const headers: Map<string, string> | null = row.get('headers');
  const event: Buffer | null = row.get('event');
  return {
    id: row.get('id'),
    job: row.get('job'),
    status: row.get('status'),
    epoch: Number(row.get('epoch')),
    source: row.get('source'),
    partition: row.get('partition'),
    position: Number(row.get('position')),
    node: row.get('node'),
    port: row.get('port'),
    step: row.get('step'),
    error: { code: row.get('reason'), message: row.get('message'), retryable: row.get('retryable') },
    attempts: row.get('attempts'),
    firstAt: row.get('first_at').getTime(),
    lastAt: row.get('last_at').getTime(),
    token: BigInt(row.get('write_token')),
    event: event === null ? null : (deserialize(event) as LetterEvent),
    timestamp: row.get('record_at'),
    bytes: row.get('bytes'),
    key: row.get('key'),
    headers: Object.fromEntries(headers ?? []),
  };
}
