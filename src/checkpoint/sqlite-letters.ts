import { deserialize, serialize } from 'node:v8';
import { type Database, quoteName } from '../clients/sqlite.ts';
import type { LocalTransaction } from '../component/sink.ts';
import type { DeadLetter, LetterEvent, LetterQuery, Letters } from './dead-letter.ts';

interface Row {
  readonly rowid: number;
  readonly job: string;
  readonly id: string;
  readonly status: DeadLetter['status'];
  readonly epoch: number;
  readonly source: string;
  readonly partition: string;
  readonly position: number;
  readonly node: string;
  readonly port: number;
  readonly step: string | null;
  readonly reason: string;
  readonly message: string;
  readonly retryable: number;
  readonly attempts: number;
  readonly first_at: number;
  readonly last_at: number;
  readonly token: string;
  readonly event: Buffer | null;
  readonly record_at: number | null;
  readonly bytes: Buffer | null;
  readonly key: Buffer | null;
  readonly headers: string;
}

const PAGE = 200;

/** The table of dead letters. */
export class SqliteLetters {
  readonly #table: string;

  constructor(table: string) {
    this.#table = quoteName(table);
  }

  create(database: Database): void {
    database.exec(`CREATE TABLE IF NOT EXISTS ${this.#table} (
      job TEXT NOT NULL, id TEXT NOT NULL, status TEXT NOT NULL, epoch INTEGER NOT NULL, source TEXT NOT NULL,
      "partition" TEXT NOT NULL, position INTEGER NOT NULL, node TEXT NOT NULL, port INTEGER NOT NULL, step TEXT,
      reason TEXT NOT NULL, message TEXT NOT NULL, retryable INTEGER NOT NULL, attempts INTEGER NOT NULL,
      first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, token TEXT NOT NULL, event BLOB,
      record_at REAL, bytes BLOB, key BLOB,
      headers TEXT NOT NULL, PRIMARY KEY (job, id))`);
  }

  save(transaction: LocalTransaction, letters: readonly DeadLetter[]): void {
    const insert = `INSERT OR REPLACE INTO ${this.#table} VALUES (${Array(22).fill('?').join(', ')})`;
    for (const letter of letters) transaction.run(insert, valuesOf(letter));
  }

  /** The effects of these are in the checkpoint at hand. */
  markReplayed(transaction: LocalTransaction, job: string, ids: readonly string[]): void {
    const update = `UPDATE ${this.#table} SET status = 'replayed' WHERE job = ? AND id = ?`;
    for (const id of ids) transaction.run(update, [job, id]);
  }

  /** The jobs that it has letters of; undefined if there is no such table. */
  jobs(database: Database): readonly string[] | undefined {
    const columns = database.prepare<[], { name: string }>(`PRAGMA table_info(${this.#table})`).all();
    if (!columns.some(({ name }) => name === 'record_at')) return undefined;
    const jobs = database.prepare<[], { job: string }>(
      `SELECT DISTINCT job FROM ${this.#table} ORDER BY job`,
    );
    return jobs.all().map(({ job }) => job);
  }

  of(database: Database, job: string): Letters {
    const table = this.#table;
    return {
      async *list(query) {
        const { condition, parameters } = conditionOf(query);
        const numbers = database
          .prepare<unknown[], { rowid: number }>(
            `SELECT rowid FROM ${table} WHERE job = ? AND ${condition} ORDER BY first_at, rowid`,
          )
          .all(job, ...parameters);
        const row = database.prepare<[number], Row>(`SELECT * FROM ${table} WHERE rowid = ?`);
        for (const { rowid } of numbers) {
          const found = row.get(rowid);
          if (found !== undefined) yield letterOf(found);
        }
      },
      async purge(ids) {
        let purged = 0;
        for (let start = 0; start < ids.length; start += PAGE) {
          const page = ids.slice(start, start + PAGE);
          purged += database
            .prepare(`DELETE FROM ${table} WHERE job = ? AND id IN (${page.map(() => '?').join(', ')})`)
            .run(job, ...page).changes;
        }
        return purged;
      },
    };
  }
}

function conditionOf({ ids, status, reason, node, since, until }: LetterQuery): {
  condition: string;
  parameters: readonly unknown[];
} {
  const parts: [string, readonly unknown[]][] = [['TRUE', []]];
  const isOneOf = (column: string, values: readonly unknown[]) =>
    parts.push([`${column} IN (SELECT value FROM json_each(?))`, [JSON.stringify(values)]]);
  if (ids !== undefined) isOneOf('id', ids);
  if (status !== undefined) isOneOf('status', status);
  if (reason !== undefined) parts.push(['reason = ?', [reason]]);
  if (node !== undefined) parts.push(['node = ?', [node]]);
  if (since !== undefined) parts.push(['last_at >= ?', [since]]);
  if (until !== undefined) parts.push(['last_at < ?', [until]]);
  return {
    condition: parts.map(([text]) => text).join(' AND '),
    parameters: parts.flatMap(([, values]) => values),
  };
}

function valuesOf(letter: DeadLetter): readonly unknown[] {
  return [
    letter.job,
    letter.id,
    letter.status,
    letter.epoch,
    letter.source,
    letter.partition,
    letter.position,
    letter.node,
    letter.port,
    letter.step,
    letter.error.code,
    letter.error.message,
    letter.error.retryable ? 1 : 0,
    letter.attempts,
    letter.firstAt,
    letter.lastAt,
    String(letter.token),
    letter.event === null ? null : serialize(letter.event),
    letter.timestamp,
    letter.bytes,
    letter.key,
    JSON.stringify(letter.headers),
  ];
}

function letterOf(row: Row): DeadLetter {
  return {
    id: row.id,
    job: row.job,
    status: row.status,
    epoch: row.epoch,
    source: row.source,
    partition: row.partition,
    position: row.position,
    node: row.node,
    port: row.port,
    step: row.step,
    error: { code: row.reason, message: row.message, retryable: row.retryable === 1 },
    attempts: row.attempts,
    firstAt: row.first_at,
    lastAt: row.last_at,
    token: BigInt(row.token),
    event: row.event === null ? null : (deserialize(row.event) as LetterEvent),
    timestamp: row.record_at,
    bytes: row.bytes,
    key: row.key,
    headers: JSON.parse(row.headers),
  };
}
