import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { DeadLetter } from '../../src/checkpoint/dead-letter.ts';
import { StateDirectory } from '../../src/checkpoint/home.ts';
import { systemClock } from '../../src/clock.ts';
import { withStore } from '../../src/runtime/checkpoints.ts';

/** All that a job leaves behind, in an order of its own. */
export interface Results {
  readonly rows: readonly string[];
  readonly letters: readonly string[];
  /** The books of the newest checkpoint, and its status. */
  readonly books: string;
}

/** How many of `expected` are not in `found`, and how many are too many; then the first of each. */
export function discrepancies(expected: Results, found: Results): string[] {
  return [
    ...compared('row', expected.rows, found.rows),
    ...compared('letter', expected.letters, found.letters),
    ...(expected.books === found.books ? [] : [`books: ${found.books} instead of ${expected.books}`]),
  ];
}

function compared(what: string, expected: readonly string[], found: readonly string[]): string[] {
  const lost = without(expected, found);
  const doubled = without(found, expected);
  return [
    ...(lost.length > 0 ? [`${lost.length} ${what}s lost, first ${lost[0]}`] : []),
    ...(doubled.length > 0 ? [`${doubled.length} ${what}s too many, first ${doubled[0]}`] : []),
  ];
}

/** The elements of `some` that are left when each of `others` has taken one equal to it away. */
function without(some: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const each of others) left.set(each, (left.get(each) ?? 0) + 1);
  return some.filter((each) => {
    const count = left.get(each) ?? 0;
    left.set(each, count - 1);
    return count <= 0;
  });
}

/** The rows of the cell's table, of one folder. */
export function sqliteRows(folder: string): string[] {
  return query(join(folder, 'out.db'), 'SELECT * FROM rows');
}

export function fileLines(folder: string): string[] {
  return readFileSync(join(folder, 'out.jsonl'), 'utf8').split('\n').slice(0, -1);
}

/** Letters and books, wherever the job's checkpoints are. */
export async function remains(folder: string, job: string): Promise<Pick<Results, 'letters' | 'books'>> {
  const location = new StateDirectory(join(folder, 'home')).find(job);
  if (location === undefined) throw new Error(`job ${job} has not run in ${folder}`);
  return withStore(location, { clock: systemClock, notice: () => {} }, async (store) => {
    const last = await store.latest(job);
    const letters: string[] = [];
    for await (const letter of store.letters(job).list({})) letters.push(described(letter, folder));
    return { letters, books: JSON.stringify({ status: last?.status, counters: last?.counters }) };
  });
}

/** What is the same in each run: without times, epochs and tokens. */
function described(
  { id, position, node, error, attempts, status, bytes }: DeadLetter,
  folder: string,
): string {
  const text = bytes === null ? null : Buffer.from(bytes).toString();
  return JSON.stringify({ id, position, node, error, attempts, status, text }).replaceAll(folder, '');
}

function query(file: string, sql: string): string[] {
  if (!existsSync(file)) return [];
  const database = new Sqlite(file, { readonly: true });
  try {
    return database
      .prepare(sql)
      .all()
      .map((row) => JSON.stringify(row));
  } finally {
    database.close();
  }
}
