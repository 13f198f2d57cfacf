import type { Value } from '../event.ts';
import { compareValues, equalValues, holds } from './compare.ts';
import { constantOf, type Scalar } from './scalar.ts';
import type { Comparison } from './tree.ts';

/** TRUE, FALSE, or NULL if one side is NULL. */
export function compileComparison(operator: Comparison, left: Scalar, right: Scalar): Scalar {
  return (event) => compareTo(operator, left(event), right(event));
}

/** TRUE, FALSE, or NULL if one of the values is NULL. Throws DataError where they can't be compared. */
export function compareTo(operator: Comparison, left: Value, right: Value): boolean | null {
  if (typeof left === 'number' && typeof right === 'number') return compareNumbers(operator, left, right);
  if (left === null || right === null) return null;
  if (operator === '=') return equalValues(left, right);
  if (operator === '<>') return !equalValues(left, right);
  return holds(operator, compareValues(left, right));
}

function compareNumbers(operator: Comparison, left: number, right: number): boolean {
  switch (operator) {
    case '=':
      return left === right;
    case '<>':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
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
    const above = compareTo('>=', value, low(event));
    const below = compareTo('<=', value, high(event));
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
