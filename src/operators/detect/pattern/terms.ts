import type { Slots } from '../../../aggregation/accumulator.ts';
import type { Aggregates } from '../../../aggregation/aggregates.ts';
import { compileFormula, type Formula } from '../../../aggregation/formula.ts';
import { SpecError } from '../../../errors.ts';
import type { JsonObject } from '../../../event.ts';
import { aggregatesOf } from '../../../expression/analyse.ts';
import { unparse } from '../../../expression/unparse.ts';
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
    const aggregated = aggregatesOf(condition);
    // The same aggregate may be written in several ways.
    const spellings = new Map(
      aggregated.map((root) => [unparse({ ...condition, root }), text.slice(root.start, root.end)]),
    );
    const names = namesOf([...spellings.values()]);
    this.#terms = [...spellings.values()].map((spelling, index) => ({
      name: names[index]!,
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

/** A name for each; of two that would have the same, the second is `name_2`. */
function namesOf(spellings: readonly string[]): readonly string[] {
  const names: string[] = [];
  for (const spelling of spellings) {
    const name = nameOf(spelling);
    let own = name;
    for (let number = 2; names.includes(own); number++) own = `${name}_${number}`;
    names.push(own);
  }
  return names;
}

/** `count(*)` → count, `avg(value)` → avg_value. */
function nameOf(spelling: string): string {
  return spelling
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '');
}
