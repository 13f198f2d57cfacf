import { DataError } from '../../errors.ts';
import type { Event } from '../../event.ts';
import { stored } from './affinity.ts';
import type { FieldPlan } from './field-plan.ts';
import type { Column } from './table.ts';

/** What a batch has to fit: its fields, the columns that are there already, and the names of the key's columns. */
interface Fit extends Pick<FieldPlan, 'reads' | 'impossible'> {
  readonly existing: readonly Column[];
  readonly key: readonly string[];
}

/** The events that can't be rows, whatever columns are made for the others. */
export function refusedAmong(batch: readonly Event[], fit: Fit): ReadonlyMap<Event, DataError> {
  const columns = new Map(fit.existing.map((column) => [column.name, column]));
  const refused = new Map<Event, DataError>();
  for (const event of batch) {
    try {
      refuse(event, fit, columns);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      refused.set(event, error);
    }
  }
  return refused;
}

function refuse(event: Event, { reads, impossible, key }: Fit, columns: ReadonlyMap<string, Column>): void {
  refuseTombstone(event);
  refuseImpossible(event, impossible);
  for (const [name, read] of reads) {
    const isKey = key.includes(name);
    if (event.change === 'delete' && !isKey) continue;
    const value = stored(read(event), columns.get(name)?.affinity ?? 'BLOB', name);
    if (isKey && value === null) throw missingKey(name);
  }
}

/** Throws DataError. */
export function refuseTombstone({ value, change }: Event): void {
  if (value === null && change !== 'delete')
    throw new DataError('missing_key', 'a tombstone without key fields names no row');
}

/** Throws DataError. */
export function refuseImpossible({ value, change }: Event, impossible: ReadonlySet<string>): void {
  if (change === 'delete') return;
  for (const field of impossible) {
    if (value !== null && Object.hasOwn(value, field))
      throw new DataError('refused', `the field "${field}" can't be a column of the table`);
  }
}

export function missingKey(column: string): DataError {
  return new DataError('missing_key', `the key field ${column} is missing`);
}
