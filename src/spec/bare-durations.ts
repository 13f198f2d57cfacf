import { isMap, type JobDocument, type Path } from './document.ts';
import type { Registry } from './registry.ts';
import { metaOf, schemaAt } from './schema.ts';

/** A bare number is milliseconds, and fewer than these are more often meant as seconds. */
const SECOND = 1000;

/** A line for each duration of an operator that is so short, and has no unit, that another one may be meant. */
export function bareDurations(document: JobDocument, registry: Registry): string[] {
  const operators = document.get(['operators']);
  return Object.entries(isMap(operators) ? operators : {}).flatMap(([name, options]) => {
    const type = isMap(options) ? options.type : undefined;
    const definition = registry.operators.find((one) => one.type === type);
    return bareNumbers(options, []).flatMap(([path, number]) => {
      if (metaOf(definition && schemaAt(definition.options, path)).duration !== true) return [];
      const at = ['operators', name, ...path];
      const { place, namesOption } = document.place(at);
      const option = namesOption === true && document.isLaid(at) ? '' : `${String(path.at(-1))}: `;
      return [`${place}: ${option}${number} is ${number} milliseconds; for seconds write ${number}s`];
    });
  });
}

/** The numbers in it, however they are written, that are less than a second as milliseconds, and more than nothing. */
function bareNumbers(value: unknown, path: Path): (readonly [Path, number])[] {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, inner]) => bareNumbers(inner, [...path, name]));
  const isBare = typeof value === 'number' || (typeof value === 'string' && /^\s*\d+\s*$/.test(value));
  return isBare && Number(value) > 0 && Number(value) < SECOND ? [[path, Number(value)]] : [];
}
