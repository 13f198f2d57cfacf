import type { Event } from '../../event.ts';
import { type ColumnType, typeFor, wider } from './affinity.ts';
import { type Read, readField, readOneOf, readPath } from './fields.ts';
import { MAX_COLUMNS } from './table.ts';

/** Which fields go into which columns. */
export interface FieldPlan {
  readonly reads: ReadonlyMap<string, Read>;
  /** The columns that the table lacks and the batch has values for. */
  readonly missing: ReadonlyMap<string, ColumnType>;
  /** Fields that can't be columns. */
  readonly impossible: ReadonlySet<string>;
}

/** Just the columns that are named. */
export function planNamed(
  paths: ReadonlyMap<string, string>,
  existing: ReadonlySet<string>,
  batch: readonly Event[],
): FieldPlan {
  const reads = new Map([...paths].map(([column, path]) => [column, readPath(path)]));
  return { reads, missing: typesOf(reads, existing, batch), impossible: new Set() };
}

/** The types of the columns that are missing, as the batch's values have them. */
export function typesOf(
  reads: ReadonlyMap<string, Read>,
  existing: ReadonlySet<string>,
  batch: readonly Event[],
): Map<string, ColumnType> {
  const types = new Map<string, ColumnType>();
  for (const [column, read] of reads) {
    if (existing.has(column)) continue;
    const type = batch.reduce<ColumnType | undefined>(
      (widest, event) => wider(widest, typeFor(read(event))),
      undefined,
    );
    if (type !== undefined) types.set(column, type);
  }
  return types;
}

/** Every field at the top. A column has a field for each way of writing its name, as SQLite ignores case. */
export function planAll(existing: ReadonlySet<string>, batch: readonly Event[]): FieldPlan {
  const names = new Map([...existing].map((column) => [column.toLowerCase(), [column]]));
  const missing = new Map<string, ColumnType>();
  const impossible = new Set<string>();
  for (const [field, type] of newFields(existing, batch)) {
    const same = names.get(field.toLowerCase());
    if (same !== undefined) {
      same.push(field);
      const [column] = same as [string];
      if (missing.has(column)) missing.set(column, wider(missing.get(column), type)!);
    } else if (field.includes('\0') || names.size >= MAX_COLUMNS) {
      impossible.add(field);
    } else {
      names.set(field.toLowerCase(), [field]);
      missing.set(field, type);
    }
  }
  const reads = [...names.values()].map((fields) => [fields[0]!, readAny(fields)] as const);
  return { reads: new Map(reads), missing, impossible };
}

function readAny(fields: readonly string[]): Read {
  return fields.length === 1 ? readField(fields[0]!) : readOneOf(fields);
}

/** The fields with a value that are no columns yet, in the order of their coming. */
function newFields(known: ReadonlySet<string>, batch: readonly Event[]): Map<string, ColumnType> {
  const types = new Map<string, ColumnType>();
  for (const { value } of batch) {
    for (const field in value) {
      if (known.has(field)) continue;
      const type = wider(types.get(field), typeFor(value[field]));
      if (type !== undefined) types.set(field, type);
    }
  }
  return types;
}
