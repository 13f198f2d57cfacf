import { DataError } from '../../errors.ts';
import type { Value } from '../../event.ts';
import { remainder } from '../arithmetic.ts';
import { compareValues } from '../compare.ts';
import type { Scalar } from '../scalar.ts';
import { orNull } from '../values.ts';
import { defineFunction, defineSpecial, type Example, type FunctionDefinition } from './define.ts';
import { integer, number, numeric, optional } from './parameters.ts';

export const mathFunctions: readonly FunctionDefinition[] = [
  defineFunction({
    name: 'abs',
    summary: 'the value without its sign',
    parameters: [numeric('x')],
    examples: [['abs(-2.5)', '2.5']],
    evaluate: (x) => (typeof x === 'bigint' ? (x < 0n ? -x : x) : Math.abs(x)),
  }),
  defineFunction({
    name: 'sign',
    summary: '-1, 0 or 1',
    parameters: [numeric('x')],
    examples: [['sign(-7)', '-1']],
    evaluate: (x) => (x > 0 ? 1 : x < 0 ? -1 : 0),
  }),
  defineFunction({
    name: 'round',
    summary:
      'rounded to `digits` after the point (0), halves away from zero; negative digits round to tens, hundreds …',
    parameters: [numeric('x'), optional(integer('digits'))],
    examples: [
      ['round(2.5)', '3'],
      ['round(3.14159, 2)', '3.14'],
      ['round(1250, -2)', '1300'],
    ],
    evaluate: (x, digits = 0) => round(x, digits),
  }),
  wholeNumber('ceil', 'the next whole number up', Math.ceil, [['ceil(1.2)', '2']], ['ceiling']),
  wholeNumber('floor', 'the next whole number down', Math.floor, [['floor(-1.2)', '-2']]),
  wholeNumber('trunc', 'the whole number towards zero', Math.trunc, [['trunc(-1.8)', '-1']]),
  double('sqrt', 'the square root; NULL for less than 0', Math.sqrt, [['sqrt(16)', '4']]),
  double('exp', 'e to the power of x', Math.exp, [['exp(0)', '1']]),
  double('ln', 'the natural logarithm; NULL for 0 or less', logarithm(Math.log), [['ln(1)', '0']]),
  double('log10', 'the logarithm to base 10', logarithm(Math.log10), [['log10(1000)', '3']]),
  double('log2', 'the logarithm to base 2', logarithm(Math.log2), [['log2(8)', '3']]),
  double('sin', 'the sine of an angle in radians', Math.sin, [['sin(0)', '0']]),
  double('cos', 'the cosine', Math.cos, [['cos(0)', '1']]),
  double('tan', 'the tangent', Math.tan, [['tan(0)', '0']]),
  double('asin', 'the angle of a sine', Math.asin, [['asin(0)', '0']]),
  double('acos', 'the angle of a cosine', Math.acos, [['acos(1)', '0']]),
  double('atan', 'the angle of a tangent', Math.atan, [['atan(0)', '0']]),
  double('radians', 'degrees as radians', (x) => (x * Math.PI) / 180, [['radians(0)', '0']]),
  double('degrees', 'radians as degrees', (x) => (x * 180) / Math.PI, [['degrees(pi())', '180']]),
  defineFunction({
    name: 'pi',
    summary: 'π',
    parameters: [],
    examples: [['round(pi(), 4)', '3.1416']],
    evaluate: () => Math.PI,
  }),
  defineFunction({
    name: 'atan2',
    summary: 'the angle of the point (x, y)',
    parameters: [number('y'), number('x')],
    examples: [['atan2(0, 1)', '0']],
    evaluate: (y, x) => Math.atan2(y, x),
  }),
  defineFunction({
    name: 'power',
    aliases: ['pow'],
    summary: 'x to the power of y, a double',
    parameters: [number('x'), number('y')],
    examples: [['power(2, 10)', '1024']],
    evaluate: (x, y) => orNull(x ** y),
  }),
  defineFunction({
    name: 'mod',
    summary: 'the remainder, as `%`: it has the sign of x; NULL for y = 0',
    parameters: [numeric('x'), numeric('y')],
    examples: [['mod(-7, 3)', '-1']],
    evaluate: remainder,
  }),
  extreme('greatest', 'the largest of the values that are not NULL', 1, [['greatest(2, 7, NULL)', '7']]),
  extreme('least', 'the smallest of the values that are not NULL', -1, [["least('b', 'a')", '"a"']]),
];

function double(
  name: string,
  summary: string,
  calculate: (x: number) => number,
  examples: readonly Example[],
): FunctionDefinition {
  return defineFunction({
    name,
    summary,
    examples,
    parameters: [number('x')],
    evaluate: (x) => orNull(calculate(x)),
  });
}

function wholeNumber(
  name: string,
  summary: string,
  calculate: (x: number) => number,
  examples: readonly Example[],
  aliases: readonly string[] = [],
): FunctionDefinition {
  return defineFunction({
    name,
    aliases,
    summary,
    examples,
    parameters: [numeric('x')],
    evaluate: (x) => (typeof x === 'bigint' ? x : calculate(x) + 0),
  });
}

function logarithm(calculate: (x: number) => number): (x: number) => number {
  return (x) => (x <= 0 ? Number.NaN : calculate(x));
}

/** On the exact value of the double, as SQLite does: 2.675 is a little less and becomes 2.67. */
function round(x: number | bigint, digits: number): Value {
  if (typeof x === 'bigint') {
    if (digits >= 0) return x;
    throw new DataError('type', 'round: an exact whole number beyond 2^53 has no negative digits');
  }
  const size = Math.abs(x);
  const rounded = roundQuickly(size, digits) ?? roundExactly(size, digits);
  return orNull((x < 0 ? -rounded : rounded) + 0);
}

function roundExactly(x: number, digits: number): number {
  if (digits >= 0) return x < 1e21 ? Number(x.toFixed(Math.min(digits, 100))) : x;
  const unit = 10 ** -digits;
  // The unit may be beyond all doubles.
  return unit > x * 2 ? 0 : Math.round(x / unit) * unit;
}

/** By arithmetic alone, where the double can't be mistaken about which side of a half it is on. */
function roundQuickly(x: number, digits: number): number | undefined {
  if (digits < 0 || digits > 9) return undefined;
  const scale = 10 ** digits;
  const scaled = x * scale;
  const distance = Math.abs(scaled - Math.floor(scaled) - 0.5);
  return scaled < 1e9 && distance > 1e-6 ? Math.round(scaled) / scale : undefined;
}

function extreme(
  name: string,
  summary: string,
  direction: 1 | -1,
  examples: readonly Example[],
): FunctionDefinition {
  return defineSpecial({
    name,
    summary,
    examples,
    signature: `${name}(value …)`,
    least: 1,
    most: Number.POSITIVE_INFINITY,
    compile:
      ({ arguments: given }): Scalar =>
      (event) => {
        let best: Value = null;
        for (const each of given) {
          const value = each(event);
          if (value === null) continue;
          if (best === null || compareValues(value, best) * direction > 0) best = value;
        }
        return best;
      },
  });
}
