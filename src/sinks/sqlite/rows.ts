import type { LocalTransaction, Rejection } from '../../component/sink.ts';
import { DataError, messageOf, SpecError } from '../../errors.ts';
import type { Event } from '../../event.ts';
import { type Stored, stored } from './affinity.ts';
import { type Layout, layOut, type Slot, type TableOptions } from './layout.ts';

/** Writes a batch inside the transaction. Throws SpecError where the table does not fit at all. */
export function writeRows(
  options: TableOptions,
  batch: readonly Event[],
  transaction: LocalTransaction,
  isReplayed: (event: Event) => boolean = () => false,
): readonly Rejection[] {
  if (batch.length === 0) return [];
  const layout = fitTable(options, batch, transaction);
  const rejections: Rejection[] = [];
  for (let index = 0; index < batch.length; index++) {
    try {
      const event = batch[index]!;
      if (isReplayed(event)) refuseIfNewer(layout, event, transaction);
      writeRow(layout, event, transaction);
    } catch (error) {
      rejections.push({ index, error: asRefusal(error, options) });
    }
  }
  return rejections;
}

function fitTable(options: TableOptions, batch: readonly Event[], transaction: LocalTransaction): Layout {
  try {
    return layOut(options, batch, transaction);
  } catch (error) {
    throw asMisfit(error, options);
  }
}

function writeRow(layout: Layout, event: Event, transaction: LocalTransaction): void {
  if (event.change === 'delete') {
    transaction.run(layout.deleteSql, parametersOf(layout.keySlots, event));
    return;
  }
  if (event.value === null) throw new DataError('missing_key', 'a tombstone without key fields names no row');
  if (layout.impossible.size > 0) refuseImpossible(layout, event);
  transaction.run(layout.upsertSql, parametersOf(layout.slots, event));
}

/** Rows tell nobody when they were written: any with the same key may be newer, unless it is the same. */
function refuseIfNewer(layout: Layout, event: Event, transaction: LocalTransaction): void {
  const { differingSql, keySlots, otherSlots } = layout;
  if (differingSql === undefined || event.value === null) return;
  const parameters = parametersOf([...keySlots, ...otherSlots], event);
  if (transaction.all(differingSql, parameters).length === 0) return;
  throw new DataError('newer', 'there is a row with this key that may be newer; --as-new writes over it');
}

function refuseImpossible({ impossible }: Layout, { value }: Event): void {
  for (const field of impossible) {
    if (value !== null && Object.hasOwn(value, field))
      throw new DataError('refused', `the field "${field}" can't be a column of the table`);
  }
}

function parametersOf(slots: readonly Slot[], event: Event): Stored[] {
  const parameters = new Array<Stored>(slots.length);
  for (let index = 0; index < slots.length; index++) {
    const { column, isKey, read } = slots[index]!;
    const value = stored(read(event), column.affinity, column.name);
    if (isKey && value === null)
      throw new DataError('missing_key', `the key field ${column.name} is missing`);
    parameters[index] = value;
  }
  return parameters;
}

/** Answers of SQLite that are about the one row. */
const REFUSALS = /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)/;

function asRefusal(error: unknown, options: TableOptions): DataError {
  if (error instanceof DataError) return error;
  if (REFUSALS.test(codeOf(error))) return new DataError('refused', messageOf(error), { cause: error });
  throw asMisfit(error, options);
}

/** SQLITE_ERROR is what SQLite says of statements that make no sense for the table as it is. */
function asMisfit(error: unknown, { place }: TableOptions): unknown {
  return codeOf(error) === 'SQLITE_ERROR' ? new SpecError(`${place}: ${messageOf(error)}`) : error;
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? '');
}
