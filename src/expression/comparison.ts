import type { Value } from '../event.ts';
import { compareValues, equalValues, holds } from './compare.ts';
import { constant, constantOf, type Scalar } from './scalar.ts';
import type { Comparison } from './tree.ts';

const mirrored: Readonly<Record<Comparison, Comparison>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** TRUE, FALSE, or NULL if one side is NULL. The usual case, something against a constant, has short ways. */
export function compileComparison(operator: Comparison, left: Scalar, right: Scalar): Scalar {
  const limit = constantOf(right);
  if (limit === null) return constant(null);
  if (limit === undefined) {
    return constantOf(left) === undefined
      ? (event) => compare(operator, left(event), right(event))
      : compileComparison(mirrored[operator], right, left);
  }
  if (typeof limit === 'number') {
    return numberComparisons[operator](left, limit, (value) => compare(operator, value, limit));
  }
  if (typeof limit === 'string' && (operator === '=' || operator === '<>')) {
    return textComparison(left, limit, operator === '=', (value) => compare(operator, value, limit));
  }
  return (event) => compare(operator, left(event), limit);
}

function compare(operator: Comparison, left: Value, right: Value): boolean | null {
  if (left === null || right === null) return null;
  return holds(operator, compareValues(left, right));
}

type Otherwise = (value: Value) => boolean | null;
type NumberComparison = (operand: Scalar, limit: number, otherwise: Otherwise) => Scalar;

/** Spelled out one by one, so that each is a single comparison of machine numbers. */
const numberComparisons: Readonly<Record<Comparison, NumberComparison>> = {
  '=': (operand, limit, otherwise) => (event) => {
    const value = operand(event);
    return typeof value === 'number' ? value === limit : otherwise(value);
  },
  '<>': (operand, limit, otherwise) => (event) => {
    const value = operand(event);
    return typeof value === 'number' ? value !== limit : otherwise(value);
  },
  '<': (operand, limit, otherwise) => (event) => {
    const value = operand(event);
    return typeof value === 'number' ? value < limit : otherwise(value);
  },
  '<=': (operand, limit, otherwise) => (event) => {
    const value = operand(event);
    return typeof value === 'number' ? value <= limit : otherwise(value);
  },
  '>': (operand, limit, otherwise) => (event) => {
    const value = operand(event);
    return typeof value === 'number' ? value > limit : otherwise(value);
  },
  '>=': (operand, limit, otherwise) => (event) => {
    const value = operand(event);
    return typeof value === 'number' ? value >= limit : otherwise(value);
  },
};

function textComparison(operand: Scalar, text: string, wanted: boolean, otherwise: Otherwise): Scalar {
  return (event) => {
    const value = operand(event);
    return typeof value === 'string' ? (value === text) === wanted : otherwise(value);
  };
}

/** `IS DISTINCT FROM`: never NULL, two NULLs are the same. */
export function compileDistinct(left: Scalar, right: Scalar, not: boolean): Scalar {
  return (event) => {
    const one = left(event);
    const other = right(event);
    const same = one === null || other === null ? one === other : equalValues(one, other);
    return same === not;
  };
}

export function compileBetween(operand: Scalar, low: Scalar, high: Scalar, not: boolean): Scalar {
  return (event) => {
    const value = operand(event);
    if (value === null) return null;
    const above = compare('>=', value, low(event));
    const below = compare('<=', value, high(event));
    if (above === false || below === false) return not;
    return above === null || below === null ? null : !not;
  };
}

/** NULL if nothing in the list is equal but something in it is NULL. */
export function compileIn(operand: Scalar, list: readonly Scalar[], not: boolean): Scalar {
  const search = compileSearch(operand, list, not);
  const known = list.map(constantOf);
  const texts = new Set(known.filter((value) => typeof value === 'string'));
  if (texts.size === 0 || !known.every((value) => typeof value === 'string')) return search;
  return (event) => {
    const value = operand(event);
    return typeof value === 'string' ? texts.has(value) !== not : search(event);
  };
}

function compileSearch(operand: Scalar, list: readonly Scalar[], not: boolean): Scalar {
  return (event) => {
    const value = operand(event);
    if (value === null) return null;
    let sawNull = false;
    for (const each of list) {
      const candidate = each(event);
      if (candidate === null) sawNull = true;
      else if (equalValues(value, candidate)) return !not;
    }
    return sawNull ? null : not;
  };
}
