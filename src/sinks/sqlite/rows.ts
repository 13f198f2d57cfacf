import type { LocalTransaction, Rejection } from '../../component/sink.ts';
import { DataError, messageOf, SpecError } from '../../errors.ts';
import type { Event } from '../../event.ts';
import { type Stored, stored } from './affinity.ts';
import { sortByKey } from './key-order.ts';
import { type Layout, layOut, type Slot, type TableOptions } from './layout.ts';
import { missingKey, refuseImpossible, refuseTombstone } from './refused.ts';

/** So many rows go into one statement: by itself it costs as much as to write one or two. */
const ROWS_AT_ONCE = 50;
/** SQLite's own bound on the parameters of a statement. */
const MOST_PARAMETERS = 32_766;

/** A row on its way. */
interface Upsert {
  /** Of its event in the batch. */
  readonly index: number;
  readonly parameters: readonly Stored[];
}

/** Writes a batch inside the transaction. Throws SpecError where the table does not fit at all. */
export function writeRows(
  options: TableOptions,
  batch: readonly Event[],
  transaction: LocalTransaction,
  isReplayed: (event: Event) => boolean = () => false,
): readonly Rejection[] {
  return batch.length === 0 ? [] : new Writing(options, batch, transaction).write(isReplayed);
}

/** The writing of one batch. */
class Writing {
  readonly #options: TableOptions;
  readonly #batch: readonly Event[];
  readonly #transaction: LocalTransaction;
  readonly #layout: Layout;
  readonly #rowsAtOnce: number;
  readonly #rejections: Rejection[] = [];
  /** Rows that nothing else comes between. */
  #upserts: Upsert[] = [];

  constructor(options: TableOptions, batch: readonly Event[], transaction: LocalTransaction) {
    this.#options = options;
    this.#batch = batch;
    this.#transaction = transaction;
    this.#layout = fitTable(options, batch, transaction);
    const most = Math.floor(MOST_PARAMETERS / this.#layout.slots.length);
    this.#rowsAtOnce = Math.min(ROWS_AT_ONCE, most);
  }

  write(isReplayed: (event: Event) => boolean): readonly Rejection[] {
    for (let index = 0; index < this.#batch.length; index++) {
      const event = this.#batch[index]!;
      const isOutOfTurn = event.change === 'delete' || isReplayed(event);
      if (isOutOfTurn) this.#writeUpserts();
      this.#orRefuse(index, () => {
        const refusal = this.#layout.refused.get(event);
        if (refusal !== undefined) throw refusal;
        if (isReplayed(event)) refuseIfNewer(this.#layout, event, this.#transaction);
        if (event.change === 'delete') this.#delete(event);
        else this.#upserts.push({ index, parameters: rowOf(this.#layout, event) });
      });
    }
    this.#writeUpserts();
    return this.#rejections.sort((one, other) => one.index - other.index);
  }

  #delete(event: Event): void {
    const { deleteSql, keySlots } = this.#layout;
    this.#transaction.run(deleteSql, parametersOf(keySlots, event));
  }

  /** In the order of their keys, if nobody can tell: neighbours are on the same page of the table. */
  #writeUpserts(): void {
    const upserts = this.#upserts;
    const { isOrderFree, keyAt } = this.#layout;
    if (isOrderFree) sortByKey(upserts, keyAt);
    for (let start = 0; start < upserts.length; start += this.#rowsAtOnce) {
      const some = upserts.slice(start, start + this.#rowsAtOnce);
      if (some.length < this.#rowsAtOnce || !this.#writeTogether(some))
        for (const { index, parameters } of some) this.#orRefuse(index, () => this.#upsert(1, parameters));
    }
    this.#upserts = [];
  }

  /** False if one of the rows is refused: then none is written. */
  #writeTogether(upserts: readonly Upsert[]): boolean {
    const parameters: Stored[] = [];
    for (const upsert of upserts) for (const value of upsert.parameters) parameters.push(value);
    try {
      this.#upsert(upserts.length, parameters);
      return true;
    } catch (error) {
      if (isRefusal(error)) return false;
      throw asMisfit(error, this.#options);
    }
  }

  #upsert(rows: number, parameters: readonly Stored[]): void {
    this.#transaction.run(this.#layout.upsertSql(rows), parameters);
  }

  #orRefuse(index: number, write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#rejections.push({ index, error: asRefusal(error, this.#options) });
    }
  }
}

function fitTable(options: TableOptions, batch: readonly Event[], transaction: LocalTransaction): Layout {
  try {
    return layOut(options, batch, transaction);
  } catch (error) {
    throw asMisfit(error, options);
  }
}

/** Throws DataError for an event that can't be a row. */
function rowOf(layout: Layout, event: Event): Stored[] {
  refuseTombstone(event);
  if (layout.impossible.size > 0) refuseImpossible(event, layout.impossible);
  return parametersOf(layout.slots, event);
}

/** Rows tell nobody when they were written: any with the same key may be newer, unless it is the same. */
function refuseIfNewer(layout: Layout, event: Event, transaction: LocalTransaction): void {
  const { differingSql, keySlots, otherSlots } = layout;
  if (differingSql === undefined || event.value === null) return;
  const parameters = parametersOf([...keySlots, ...otherSlots], event);
  if (transaction.all(differingSql, parameters).length === 0) return;
  throw new DataError('newer', 'there is a row with this key that may be newer; --as-new writes over it');
}

function parametersOf(slots: readonly Slot[], event: Event): Stored[] {
  const parameters = new Array<Stored>(slots.length);
  for (let index = 0; index < slots.length; index++) {
    const { column, isKey, read } = slots[index]!;
    const value = stored(read(event), column.affinity, column.name);
    if (isKey && value === null) throw missingKey(column.name);
    parameters[index] = value;
  }
  return parameters;
}

/** Answers of SQLite that are about the one row. */
const REFUSALS = /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)/;

function isRefusal(error: unknown): boolean {
  return REFUSALS.test(codeOf(error));
}

function asRefusal(error: unknown, options: TableOptions): DataError {
  if (error instanceof DataError) return error;
  if (isRefusal(error)) return new DataError('refused', messageOf(error), { cause: error });
  throw asMisfit(error, options);
}

/** SQLITE_ERROR is what SQLite says of statements that make no sense for the table as it is. */
function asMisfit(error: unknown, { place }: TableOptions): unknown {
  return codeOf(error) === 'SQLITE_ERROR' ? new SpecError(messageOf(error), { place }) : error;
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? '');
}
