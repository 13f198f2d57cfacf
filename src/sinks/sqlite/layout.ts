import type { LocalTransaction } from '../../component/sink.ts';
import { type DataError, SpecError } from '../../errors.ts';
import type { Event } from '../../event.ts';
import type { FieldPlan } from './field-plan.ts';
import { planAll, planNamed, typesOf } from './field-plan.ts';
import { type Read, readIdentity, readPath } from './fields.ts';
import { refusedAmong } from './refused.ts';
import {
  addColumn,
  type Column,
  columnsOf,
  createTable,
  deleteSql,
  differingSql,
  isOrderFree,
  upsertSql,
} from './table.ts';

/** The key of a row that has no key fields: the event's identity, so that a repeat finds the row again. */
const IDENTITY_COLUMN = '_event_id';

export interface TableOptions {
  /** The table's place, for messages: `out.db#events`. */
  readonly place: string;
  readonly table: string;
  /** Column → path of the field; undefined: each field is a column. */
  readonly columns: Readonly<Record<string, string>> | undefined;
  /** The fields that identify a row; may be empty. */
  readonly identity: readonly string[];
}

const noneRefused: ReadonlyMap<Event, DataError> = new Map();

/** A column and where its value is. */
export interface Slot {
  readonly column: Column;
  readonly read: Read;
  readonly isKey: boolean;
}

/** How the events of a batch become rows. */
export interface Layout {
  readonly slots: readonly Slot[];
  readonly keySlots: readonly Slot[];
  /** Writes so many rows. */
  readonly upsertSql: (rows: number) => string;
  readonly deleteSql: string;
  readonly otherSlots: readonly Slot[];
  /** Finds a row with the same key and other values; undefined where each event has a row of its own. */
  readonly differingSql: string | undefined;
  /** Where in a row its key is. */
  readonly keyAt: readonly number[];
  /** Whether rows of different keys may be written in any order. */
  readonly isOrderFree: boolean;
  /** Fields that can't be columns: events with one of them are refused. */
  readonly impossible: ReadonlySet<string>;
  /** Events that are known to be no rows, and had no say in the columns that were made; most others turn out later. */
  readonly refused: ReadonlyMap<Event, DataError>;
}

/** Fits the table to those of the batch that can be rows, making it and its columns where they are missing. */
export function layOut(
  options: TableOptions,
  batch: readonly Event[],
  transaction: LocalTransaction,
): Layout {
  const { table } = options;
  const existing = columnsOf(transaction, table);
  const key = keyOf(options, existing);
  const names = new Set(existing.map(({ name }) => name));
  const plan = planFields(options, key, names, batch);
  const isFitting = existing.length > 0 && plan.missing.size === 0;
  const refused = isFitting ? noneRefused : refusedAmong(batch, { ...plan, existing, key });
  const rows = refused.size === 0 ? batch : batch.filter((event) => !refused.has(event));
  const missing = refused.size === 0 ? plan.missing : typesOf(plan.reads, names, rows);
  const isChanged =
    rows.length > 0 &&
    makeColumns(table, existing.length === 0 ? 'new' : 'existing', key, missing, transaction);
  const columns = isChanged ? columnsOf(transaction, table) : existing;

  const slots = columns
    .filter(({ name }) => plan.reads.has(name))
    .map((column) => ({
      column,
      read: plan.reads.get(column.name)!,
      isKey: key.includes(column.name),
    }));
  const written = slots.map(({ column }) => column);
  const keySlots = slots.filter(({ isKey }) => isKey);
  const otherSlots = slots.filter(({ isKey }) => !isKey);
  return {
    slots,
    keySlots,
    otherSlots,
    upsertSql: (rows) => upsertSql(table, written, key, rows),
    isOrderFree: isOrderFree(transaction, table),
    keyAt: keySlots.map((slot) => slots.indexOf(slot)),
    deleteSql: deleteSql(
      table,
      keySlots.map(({ column }) => column.name),
    ),
    differingSql: key.includes(IDENTITY_COLUMN)
      ? undefined
      : differingSql(table, keySlots.map(columnOf), otherSlots.map(columnOf)),
    impossible: plan.impossible,
    refused,
  };
}

function columnOf({ column }: Slot): Column {
  return column;
}

/** The columns of the table's key. Throws SpecError if there is none by which a row could be found again. */
export function keyOf(options: TableOptions, columns: readonly Column[]): readonly string[] {
  const { place, identity } = options;
  if (identity.length > 0) return identity.map((field) => spelledAsIn(columns, columnFor(field, options)));
  if (columns.length === 0 || columns.some(({ name }) => name === IDENTITY_COLUMN)) return [IDENTITY_COLUMN];
  const key = columns.filter(({ isKey }) => isKey).map(({ name }) => name);
  if (key.length > 0) return key;
  throw new SpecError('the table has no primary key, so a repeated event would be a second row', {
    place,
    hint: `name the fields that identify a row with --key, or add a column ${IDENTITY_COLUMN} TEXT UNIQUE`,
  });
}

/** SQLite ignores the case of a column's name. */
function spelledAsIn(columns: readonly Column[], column: string): string {
  return columns.find(({ name }) => name.toLowerCase() === column.toLowerCase())?.name ?? column;
}

function columnFor(field: string, { columns = {} }: TableOptions): string {
  return Object.keys(columns).find((column) => columns[column] === field) ?? field;
}

function planFields(
  options: TableOptions,
  key: readonly string[],
  existing: ReadonlySet<string>,
  batch: readonly Event[],
): FieldPlan {
  const { identity, columns } = options;
  const plan =
    columns === undefined
      ? planAll(existing, batch)
      : planNamed(new Map(Object.entries(columns)), existing, batch);
  const keyReads = new Map(
    key.map((column, index): [string, Read] => {
      if (column === IDENTITY_COLUMN) return [column, readIdentity];
      return [column, readPath(identity[index] ?? columns?.[column] ?? column)];
    }),
  );
  return {
    reads: new Map([...plan.reads, ...keyReads]),
    missing: new Map([...plan.missing, ...typesOf(keyReads, existing, batch)]),
    // The event's own field of that name would be lost.
    impossible: keyReads.has(IDENTITY_COLUMN)
      ? new Set([...plan.impossible, IDENTITY_COLUMN])
      : plan.impossible,
  };
}

/** Tells whether there was anything to make. */
function makeColumns(
  table: string,
  state: 'new' | 'existing',
  key: readonly string[],
  missing: FieldPlan['missing'],
  transaction: LocalTransaction,
): boolean {
  const others = [...missing].filter(([name]) => !key.includes(name)).map(([name, type]) => ({ name, type }));
  if (state === 'existing') {
    for (const column of others) addColumn(transaction, table, column);
    return others.length > 0;
  }
  const keyColumns = key.map((name) => ({ name, type: missing.get(name) ?? 'TEXT' }));
  createTable(transaction, table, [...keyColumns, ...others], key);
  return true;
}
