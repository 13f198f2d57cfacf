import { equalValues } from '../compare.ts';
import { isTrue } from '../logic.ts';
import { constant } from '../scalar.ts';
import { defineSpecial, type FunctionDefinition } from './define.ts';

export const conditionalFunctions: readonly FunctionDefinition[] = [
  defineSpecial({
    name: 'coalesce',
    guards: true,
    aliases: ['ifnull'],
    signature: 'coalesce(value …)',
    summary: 'the first value that is not NULL; those behind it are not looked at',
    least: 1,
    most: Number.POSITIVE_INFINITY,
    examples: [["coalesce(NULL, 'none')", '"none"']],
    compile:
      ({ arguments: given }) =>
      (event) => {
        for (const each of given) {
          const value = each(event);
          if (value !== null) return value;
        }
        return null;
      },
  }),
  defineSpecial({
    name: 'nullif',
    signature: 'nullif(value, other)',
    summary: 'NULL if the two are equal, else the value',
    least: 2,
    most: 2,
    examples: [
      ["nullif('n/a', 'n/a')", 'null'],
      ['nullif(5, 0)', '5'],
    ],
    compile: ({ arguments: [value, other] }) => {
      return (event) => {
        const one = value!(event);
        const two = other!(event);
        return one !== null && two !== null && equalValues(one, two) ? null : one;
      };
    },
  }),
  defineSpecial({
    name: 'iif',
    guards: true,
    aliases: ['if'],
    signature: 'iif(condition, then [, otherwise])',
    summary: 'the second value if the condition is TRUE, else the third, or NULL',
    least: 2,
    most: 3,
    examples: [["iif(7 > 5, 'high', 'low')", '"high"']],
    compile: ({ arguments: [condition, then, otherwise = constant(null)] }) => {
      const holds = isTrue(condition!);
      return (event) => (holds(event) ? then!(event) : otherwise(event));
    },
  }),
];
