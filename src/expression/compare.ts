import { DataError } from '../errors.ts';
import type { Value } from '../event.ts';
import type { Comparison } from './tree.ts';
import { isObject, millisOf, show, typeOf } from './values.ts';

/** Negative, 0 or positive. */
type Order = number;

/**
 * The order of two values that are not NULL. Numbers compare exactly, whether doubles or bigints; texts by code point;
 * FALSE before TRUE; a timestamp with a timestamp, ISO 8601 or epoch ms. Anything else is a DataError.
 */
export function compareValues(left: Exclude<Value, null>, right: Exclude<Value, null>): Order {
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right);
  if (isNumeric(left) && isNumeric(right)) return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (left instanceof Date || right instanceof Date) {
    const difference = (millisOf(left) ?? Number.NaN) - (millisOf(right) ?? Number.NaN);
    if (!Number.isNaN(difference)) return difference;
  }
  throw new DataError('type', `can't compare ${show(left)} with ${show(right)}`);
}

/** Whether two values that are not NULL are equal: arrays and objects by what they hold. Throws as `compareValues` does. */
export function equalValues(left: Exclude<Value, null>, right: Exclude<Value, null>): boolean {
  if (typeof left === typeof right && typeof left !== 'object') return left === right;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((part, index) => isSame(part, right[index]));
  }
  if (isObject(left) && isObject(right)) {
    const names = Object.keys(left);
    return (
      names.length === Object.keys(right).length &&
      names.every((name) => Object.hasOwn(right, name) && isSame(left[name]!, right[name]!))
    );
  }
  return compareValues(left, right) === 0;
}

/** Of the same type and equal; NULL is the same as NULL. */
function isSame(left: Value, right: Value): boolean {
  if (left === null || right === null) return left === right;
  return typeOf(left) === typeOf(right) && equalValues(left, right);
}

/** The order of the texts' bytes in UTF-8, as databases have it; UTF-16 units differ from it beyond U+FFFF. */
export function compareTexts(left: string, right: string): Order {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const one = left.charCodeAt(index);
    const other = right.charCodeAt(index);
    if (one !== other)
      return isSurrogate(one) === isSurrogate(other) ? one - other : isSurrogate(one) ? 1 : -1;
  }
  return left.length - right.length;
}

export function holds(operator: Comparison, order: Order): boolean {
  switch (operator) {
    case '=':
      return order === 0;
    case '<>':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function isNumeric(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
