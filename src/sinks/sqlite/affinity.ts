import { encodeValue } from '../../codecs/json.ts';
import { DataError } from '../../errors.ts';
import type { Value } from '../../event.ts';

/** What a column does to values: https://www.sqlite.org/datatype3.html#determination_of_column_affinity. */
export type Affinity = 'INTEGER' | 'REAL' | 'NUMERIC' | 'TEXT' | 'BLOB';

/** The types of the columns that are made here. */
export type ColumnType = 'INTEGER' | 'REAL' | 'TEXT';

/** What SQLite stores: null, number, bigint and text. */
export type Stored = null | number | bigint | string;

export function affinityOf(declared: string): Affinity {
  const type = declared.toUpperCase();
  if (type.includes('INT')) return 'INTEGER';
  if (/CHAR|CLOB|TEXT/.test(type)) return 'TEXT';
  if (type === '' || type.includes('BLOB')) return 'BLOB';
  return /REAL|FLOA|DOUB/.test(type) ? 'REAL' : 'NUMERIC';
}

/** The type of a column that holds such a value; undefined for null, which tells nothing. */
export function typeFor(value: Value | undefined): ColumnType | undefined {
  switch (typeof value) {
    case 'boolean':
      return 'INTEGER';
    case 'number':
      if (!Number.isFinite(value)) return undefined;
      return Number.isInteger(value) ? 'INTEGER' : 'REAL';
    case 'bigint':
      return fitsInteger(value) ? 'INTEGER' : 'TEXT';
    case 'string':
      return 'TEXT';
    default:
      if (value === null || value === undefined) return undefined;
      return value instanceof Date ? 'INTEGER' : 'TEXT';
  }
}

/** The type of a column that holds values of both; undefined stands for no value yet. */
export function wider(one: ColumnType | undefined, other: ColumnType | undefined): ColumnType | undefined {
  if (one === undefined || one === other) return other;
  if (other === undefined) return one;
  return one === 'TEXT' || other === 'TEXT' ? 'TEXT' : 'REAL';
}

/**
 * The value as a column of the affinity keeps it: booleans as 0 and 1, Date as epoch ms, objects and arrays as JSON.
 * Throws DataError `type` for a value that SQLite would change in silence, as it makes 7 of the text '007' in an
 * INTEGER column.
 */
export function stored(value: Value | undefined, affinity: Affinity, column: string): Stored {
  const plain = plainOf(value);
  if (plain === null) return null;
  if (affinity === 'TEXT') return typeof value === 'boolean' ? String(value) : String(plain);
  if (affinity === 'BLOB')
    return typeof plain === 'number' && Number.isInteger(plain) ? BigInt(plain) : plain;
  if (typeof plain === 'number' || isKept(plain, affinity)) return plain;
  throw new DataError('type', `the column ${column} is ${affinity}, the value is ${described(value)}`);
}

function plainOf(value: Value | undefined): Stored {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'boolean':
      return value ? 1 : 0;
    case 'bigint':
      return fitsInteger(value) ? value : String(value);
    default:
      if (value === null || value === undefined) return null;
      return value instanceof Date ? plainOf(value.getTime()) : encodeValue(value);
  }
}

/** Whether a numeric column keeps it as it is. */
function isKept(value: string | bigint, affinity: Affinity): boolean {
  if (typeof value === 'bigint') return affinity !== 'REAL' || BigInt(Number(value)) === value;
  return String(Number(value)) === value && Number.isFinite(Number(value));
}

function fitsInteger(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

function described(value: Value | undefined): string {
  const text =
    typeof value === 'string' ? `'${value}'` : typeof value === 'object' ? encodeValue(value) : String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
