import Sqlite from 'better-sqlite3';
import type { Value } from '../../src/event.ts';
import type { Node } from '../../src/expression/tree.ts';
import { type Dialect, print } from '../../src/expression/unparse.ts';

export interface Row {
  readonly a: number | null;
  readonly b: number | null;
  readonly c: number | null;
  readonly s: string | null;
  readonly t: string | null;
}

/** SQLite's whole numbers divide as integers; ours are doubles, so every number is made REAL. */
const real = new Set(['length', 'instr', 'sign']);

const sqlite: Dialect = {
  literal(value) {
    if (typeof value === 'number') return Number.isInteger(value) ? `${value}.0` : String(value);
    if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
    return String(value);
  },
  field: ([name]) => name,
  metadata: (name) => {
    throw new Error(`SQLite has no $${name}`);
  },
  cast: (operand, type) =>
    type === 'INTEGER' ? `CAST(CAST(${operand} AS INTEGER) AS REAL)` : `CAST(${operand} AS ${types[type]})`,
  call: (name, operands) => {
    const called = `${name === 'json_value' ? 'json_extract' : name}(${operands.join(', ')})`;
    return real.has(name) ? `CAST(${called} AS REAL)` : called;
  },
};

const types = { INTEGER: 'INTEGER', DOUBLE: 'REAL', TEXT: 'TEXT', BOOLEAN: 'INTEGER', TIMESTAMP: 'TEXT' };

/** Evaluates trees in SQLite over one row at a time: the columns a, b, c are REAL, s and t TEXT. */
export class SqliteOracle {
  readonly #database = new Sqlite(':memory:');

  constructor() {
    this.#database.pragma('case_sensitive_like = ON');
    this.#database.exec('CREATE TABLE row (a REAL, b REAL, c REAL, s TEXT, t TEXT)');
  }

  evaluate(root: Node, rows: readonly Row[]): unknown[] {
    this.#database.exec('DELETE FROM row');
    const insert = this.#database.prepare('INSERT INTO row VALUES (@a, @b, @c, @s, @t)');
    for (const row of rows) insert.run(row);
    return this.#database
      .prepare(`SELECT ${print(root, sqlite)} FROM row ORDER BY rowid`)
      .pluck()
      .all();
  }

  close(): void {
    this.#database.close();
  }
}

/** Our value as SQLite has it: it knows no booleans, and -0 is 0 to it. */
export function asSqlite(value: Value): unknown {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'number' ? value + 0 : value;
}
