import { conditionalFunctions } from './conditional.ts';
import type { FunctionDefinition } from './define.ts';
import { jsonFunctions } from './json.ts';
import { mathFunctions } from './math.ts';
import { regexFunctions } from './regex.ts';
import { textFunctions } from './text.ts';
import { timeFunctions } from './time.ts';

/** Every function of single values, as the reference page groups them. */
export const functionGroups: Readonly<Record<string, readonly FunctionDefinition[]>> = {
  Conditions: conditionalFunctions,
  Text: textFunctions,
  'Regular expressions': regexFunctions,
  Mathematics: mathFunctions,
  Time: timeFunctions,
  'JSON and arrays': jsonFunctions,
};

const all = Object.values(functionGroups).flat();

/** By name, in lower case. */
export const scalarFunctions: ReadonlyMap<string, FunctionDefinition> = new Map(
  all.map((definition) => [definition.name, definition]),
);

/** Other names → the function's own. */
export const aliases: ReadonlyMap<string, string> = new Map(
  all.flatMap((definition) => definition.aliases.map((alias) => [alias, definition.name] as const)),
);
