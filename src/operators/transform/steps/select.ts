import { SpecError } from '../../../errors.ts';
import { derive, type JsonObject } from '../../../event.ts';
import { fieldsExpected, isDeterministic } from '../../../expression/analyse.ts';
import { compileScalar } from '../../../expression/compile.ts';
import type { Scalar } from '../../../expression/scalar.ts';
import { listOption } from '../options.ts';
import { parseSelection } from '../selection.ts';
import { defineStep } from './define.ts';

export const select = defineStep({
  type: 'select',
  options: listOption((text) => void parseSelection(text)).describe(
    'What to keep: fields, or expressions with a name (`value * 2 AS double`); `user.city` becomes `city`',
  ),
  copies: true,
  passesAll: true,
  nonDeterminism: (columns) =>
    columns.every((text) => isDeterministic(parseSelection(text).expression))
      ? undefined
      : 'a column is selected from now()',
  reads: (columns) => columns.flatMap((text) => fieldsExpected(parseSelection(text).expression)),
  build(columns, { place }) {
    const names = new Set<string>();
    const compiled = columns.map((text): { name: string; evaluate: Scalar } => {
      const { name, expression } = parseSelection(text, place);
      if (names.has(name)) {
        throw new SpecError(`two columns are called "${name}"`, {
          place,
          hint: `name one of them: ${text} AS …`,
        });
      }
      names.add(name);
      return { name, evaluate: compileScalar(expression) };
    });
    return (event) => {
      if (event.value === null) return event;
      const selected: JsonObject = {};
      for (const { name, evaluate } of compiled) selected[name] = evaluate(event);
      return derive(event, selected);
    };
  },
});
