import type { Slots } from '../../aggregation/accumulator.ts';
import type { Aggregates } from '../../aggregation/aggregates.ts';
import { compileFormula, type Formula } from '../../aggregation/formula.ts';
import type { Millis } from '../../clock.ts';
import type { Context } from '../../component/operator.ts';
import { SpecError } from '../../errors.ts';
import type { JsonObject, Value } from '../../event.ts';

/** The fields of a result that tell its window. */
export const START = 'window_start';
export const END = 'window_end';

/** What a node's results hold, as its options say. */
export interface ResultOptions {
  /** Name → expression over aggregates. */
  readonly aggregations: Readonly<Record<string, string>>;
  readonly having?: string | undefined;
}

/** One key's window. */
export interface KeyWindow {
  readonly key: readonly Value[];
  /** The key as text. */
  readonly text: string;
  readonly start: Millis;
  readonly end: Millis;
}

/** What has been emitted of a window so far. */
export interface Firing {
  /** How often it was. */
  readonly count: number;
  /** Whether readers hold a row of it: `having` may have let it through once and not again. */
  readonly isShown: boolean;
}

export const notFired: Firing = { count: 0, isShown: false };

/** Makes and emits the rows of windows. */
export class Results {
  readonly #node: string;
  readonly #keys: readonly string[];
  readonly #names: readonly string[];
  readonly #formulas: readonly Formula[];
  readonly #having: Formula | undefined;
  readonly #start = new DateOf();
  readonly #end = new DateOf();

  /** Lets `aggregates` know what the rows need. Throws SpecError. */
  constructor(node: string, keys: readonly string[], options: ResultOptions, aggregates: Aggregates) {
    const { aggregations, having } = options;
    this.#node = node;
    this.#keys = keys;
    this.#names = Object.keys(aggregations);
    const fields = [...keys, START, END];
    checkNames(node, fields, this.#names);
    this.#formulas = Object.entries(aggregations).map(([name, text]) =>
      compileFormula(text, aggregates, { place: `${node}.aggregations.${name}`, fields }),
    );
    this.#having =
      having === undefined
        ? undefined
        : compileFormula(having, aggregates, {
            place: `${node}.having`,
            fields: [...fields, ...this.#names],
          });
  }

  /** Emits the window's row, or its removal if `having` no longer lets it through. */
  emit(context: Context, window: KeyWindow, slots: Slots, before: Firing, final: boolean): Firing {
    const row = this.#row(window, slots);
    if (this.#having === undefined || this.#having(slots, row) === true) {
      const { end } = window;
      const id = this.#identity(window);
      context.emitResult({ value: row, time: end - 1, id, change: 'upsert', firing: before.count, final });
      return { count: before.count + 1, isShown: true };
    }
    return before.isShown ? this.#emitRemoval(context, window, row, before) : before;
  }

  /** Takes back the row that readers hold of a window which is no more. */
  remove(context: Context, window: KeyWindow, slots: Slots, before: Firing): void {
    if (before.isShown) this.#emitRemoval(context, window, this.#row(window, slots), before);
  }

  #emitRemoval(context: Context, window: KeyWindow, row: JsonObject, { count }: Firing): Firing {
    const id = this.#identity(window);
    context.emitResult({
      value: row,
      time: window.end - 1,
      id,
      change: 'delete',
      firing: count,
      final: true,
    });
    return { count: count + 1, isShown: false };
  }

  #row({ key, start, end }: KeyWindow, slots: Slots): JsonObject {
    const row: JsonObject = {};
    for (let index = 0; index < key.length; index++) row[this.#keys[index]!] = key[index]!;
    row[START] = this.#start.at(start);
    row[END] = this.#end.at(end);
    const formulas = this.#formulas;
    for (let index = 0; index < formulas.length; index++)
      row[this.#names[index]!] = formulas[index]!(slots, row);
    return row;
  }

  #identity({ text, start }: KeyWindow): string {
    return `${this.#node}/${start}/${text}`;
  }
}

/** Many keys have the same window, and may share its Date. */
class DateOf {
  #date: Date = new Border(Number.NaN);

  at(time: Millis): Date {
    if (this.#date.getTime() !== time) this.#date = new Border(time);
    return this.#date;
  }
}

/** A Date whose text is made once, however many rows are written with it. */
class Border extends Date {
  #text: string | undefined;

  override toJSON(): string {
    return (this.#text ??= super.toJSON());
  }
}

function checkNames(node: string, fields: readonly string[], names: readonly string[]): void {
  const taken = names.find((name) => fields.includes(name));
  if (taken !== undefined) {
    throw new SpecError(`"${taken}" is a field of the result already`, {
      place: `${node}.aggregations`,
      hint: 'give the aggregation another name',
    });
  }
}
