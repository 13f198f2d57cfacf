import { SpecError } from '../../errors.ts';
import type { Event, JsonObject } from '../../event.ts';
import { compileScalar } from '../../expression/compile.ts';
import type { Scalar } from '../../expression/scalar.ts';
import { parseSelection } from '../transform/selection.ts';
import { inputsOf } from './inputs.ts';
import { orNull } from './met.ts';

/** Makes a result of what met: an object of the inputs' values by name, an input that met none left out. */
export class Selection {
  /** The fields of a result, in order. */
  readonly fields: readonly string[];
  readonly #scalars: readonly Scalar[] | undefined;

  /** Without columns, each input is a field. Throws SpecError. */
  constructor(columns: readonly string[] | undefined, names: readonly string[], place: string) {
    const parsed = columns?.map((text) => {
      const { name, expression } = parseSelection(text, place);
      inputsOf(expression.root, expression, names);
      return { text, name, scalar: orNull(compileScalar(expression)) };
    });
    for (const [index, { name, text }] of parsed?.entries() ?? []) {
      const other = parsed!.findIndex((each) => each.name === name);
      if (other === index) continue;
      throw new SpecError(`${parsed![other]!.text} and ${text} are both called "${name}"`, {
        place,
        hint: `name one of them: ${text} AS ${joinedName(text)}`,
      });
    }
    this.fields = parsed?.map(({ name }) => name) ?? names;
    this.#scalars = parsed?.map(({ scalar }) => scalar);
  }

  of(met: JsonObject): JsonObject {
    const result: JsonObject = {};
    const event = { value: met } as Event;
    const { fields } = this;
    for (let index = 0; index < fields.length; index++) {
      const name = fields[index]!;
      result[name] = this.#scalars === undefined ? (met[name] ?? null) : this.#scalars[index]!(event);
    }
    return result;
  }
}

function joinedName(text: string): string {
  return text.trim().replace(/\W+/g, '_').replace(/^_|_$/g, '');
}
