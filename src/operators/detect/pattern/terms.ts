import type { Slots } from '../../../aggregation/accumulator.ts';
import type { Aggregates } from '../../../aggregation/aggregates.ts';
import { compileFormula, type Formula } from '../../../aggregation/formula.ts';
import { SpecError } from '../../../errors.ts';
import type { JsonObject } from '../../../event.ts';
import { aggregatesOf } from '../../../expression/analyse.ts';
import type { Burst } from './grammar.ts';

/** A burst's condition, and the aggregates in it, whose values an alert carries: `count(*)` as `count`. */
export class Terms {
  readonly #condition: Formula;
  readonly #terms: readonly { readonly name: string; readonly formula: Formula }[];

  /** Lets `aggregates` know what is needed. `taken` are the other fields of an alert. Throws SpecError. */
  constructor(
    { condition, conditionEnd }: Burst,
    aggregates: Aggregates,
    { fields, taken }: { readonly fields: readonly string[]; readonly taken: readonly string[] },
  ) {
    const { text, place } = condition;
    const options = { fields, doubleQuotes: 'string' as const, ...(place !== undefined && { place }) };
    this.#condition = compileFormula(text.slice(0, conditionEnd), aggregates, options);
    const spellings = aggregatesOf(condition).map(({ start, end }) => text.slice(start, end));
    const names = new Map(spellings.map((spelling) => [nameOf(spelling), spelling]));
    this.#terms = [...names].map(([name, spelling]) => ({
      name,
      formula: compileFormula(spelling, aggregates, options),
    }));
    const double = this.#terms.find(({ name }) => taken.includes(name));
    if (double !== undefined) {
      throw new SpecError(`an alert has a field "${double.name}" already`, {
        ...(place !== undefined && { place }),
        hint: 'name the key otherwise: user_id AS user',
      });
    }
  }

  get names(): readonly string[] {
    return this.#terms.map(({ name }) => name);
  }

  hold(slots: Slots, fields: JsonObject): boolean {
    return this.#condition(slots, fields) === true;
  }

  values(slots: Slots, fields: JsonObject): JsonObject {
    return Object.fromEntries(this.#terms.map(({ name, formula }) => [name, formula(slots, fields)]));
  }
}

/** `count(*)` → count, `avg(value)` → avg_value. */
function nameOf(spelling: string): string {
  return spelling
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '');
}
