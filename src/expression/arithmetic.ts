import { DataError } from '../errors.ts';
import type { Value } from '../event.ts';
import { checkLength } from './length.ts';
import type { Scalar } from './scalar.ts';
import type { Arithmetic } from './tree.ts';
import { orNull, show, toText, typeError } from './values.ts';

const MAX = Number.MAX_SAFE_INTEGER;

/**
 * Numbers are doubles; where two whole numbers give one that a double can't hold, the result is an exact bigint. `/` is
 * a double; division by zero is NULL, and so is what no double can hold. Timestamps: `t + ms`, `t - ms`, and `t - u` in ms.
 */
export function compileArithmetic(operator: Arithmetic, left: Scalar, right: Scalar): Scalar {
  return compilers[operator](left, right);
}

const compilers: Readonly<Record<Arithmetic, (left: Scalar, right: Scalar) => Scalar>> = {
  '+': (left, right) => (event) => {
    const one = left(event);
    const other = right(event);
    if (typeof one === 'number' && typeof other === 'number') {
      const sum = one + other;
      if (sum <= MAX && sum >= -MAX) return sum;
    }
    return calculate('+', one, other);
  },
  '-': (left, right) => (event) => {
    const one = left(event);
    const other = right(event);
    if (typeof one === 'number' && typeof other === 'number') {
      const difference = one - other;
      if (difference <= MAX && difference >= -MAX) return difference;
    }
    return calculate('-', one, other);
  },
  '*': (left, right) => (event) => {
    const one = left(event);
    const other = right(event);
    if (typeof one === 'number' && typeof other === 'number') {
      const product = one * other;
      if (product <= MAX && product >= -MAX) return product;
    }
    return calculate('*', one, other);
  },
  '/': (left, right) => (event) => {
    const one = left(event);
    const other = right(event);
    if (typeof one === 'number' && typeof other === 'number' && other !== 0) return orNull(one / other);
    return calculate('/', one, other);
  },
  '%': (left, right) => (event) => calculate('%', left(event), right(event)),
};

export function compileNegation(operand: Scalar): Scalar {
  return (event) => calculate('-', 0, operand(event));
}

export function compileConcatenation(left: Scalar, right: Scalar): Scalar {
  return (event) => {
    const one = left(event);
    const other = right(event);
    if (typeof one === 'string' && typeof other === 'string') return joined(one, other);
    if (one === null || other === null) return null;
    return joined(partOf(one), partOf(other));
  };
}

function joined(one: string, other: string): string {
  checkLength('||', one.length + other.length);
  return one + other;
}

function partOf(value: Exclude<Value, null>): string {
  const text = toText(value);
  if (text === undefined) throw typeError('|| joins texts', value);
  return text;
}

/** The whole of the rules, for operands that the short ways above don't take. */
function calculate(operator: Arithmetic, left: Value, right: Value): Value {
  if (left === null || right === null) return null;
  if (typeof left === 'number' && typeof right === 'number') return calculateNumbers(operator, left, right);
  if (isNumeric(left) && isNumeric(right)) {
    return areWhole(left, right)
      ? calculateIntegers(operator, BigInt(left), BigInt(right))
      : calculateDoubles(operator, Number(left), Number(right));
  }
  if (left instanceof Date) return calculateTimes(operator, left, right);
  if (right instanceof Date && operator === '+') return calculateTimes('+', right, left);
  throw new DataError('type', `can't calculate ${show(left)} ${operator} ${show(right)}`);
}

function calculateNumbers(operator: Arithmetic, left: number, right: number): Value {
  const result = calculateDoubles(operator, left, right);
  const rounded = result !== null && Math.abs(result) > MAX && operator !== '/' && areWhole(left, right);
  return rounded ? calculateIntegers(operator, BigInt(left), BigInt(right)) : result;
}

function calculateDoubles(operator: Arithmetic, left: number, right: number): number | null {
  switch (operator) {
    case '+':
      return orNull(left + right);
    case '-':
      return orNull(left - right);
    case '*':
      return orNull(left * right);
    case '/':
      return right === 0 ? null : orNull(left / right);
    case '%':
      // Adding 0 makes the -0 of JavaScript the 0 of SQL.
      return right === 0 ? null : orNull((left % right) + 0);
  }
}

function calculateIntegers(operator: Arithmetic, left: bigint, right: bigint): Value {
  switch (operator) {
    case '+':
      return integer(left + right);
    case '-':
      return integer(left - right);
    case '*':
      return integer(left * right);
    case '/':
      return calculateDoubles('/', Number(left), Number(right));
    case '%':
      return right === 0n ? null : integer(left % right);
  }
}

function calculateTimes(operator: Arithmetic, left: Date, right: Exclude<Value, null>): Value {
  if (right instanceof Date && operator === '-') return left.getTime() - right.getTime();
  if (typeof right === 'number' && (operator === '+' || operator === '-')) {
    const moved = new Date(left.getTime() + (operator === '+' ? right : -right));
    if (!Number.isNaN(moved.getTime())) return moved;
  }
  throw new DataError('type', `can't calculate ${show(left)} ${operator} ${show(right)}`);
}

/** `x % y`: exact for whole numbers, with the sign of x; NULL for y = 0. */
export function remainder(x: number | bigint, y: number | bigint): Value {
  return calculate('%', x, y);
}

/** An exact whole number: a double wherever one holds it. */
export function integer(value: bigint): number | bigint {
  return value <= MAX && value >= -MAX ? Number(value) : value;
}

function isNumeric(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function areWhole(left: number | bigint, right: number | bigint): boolean {
  return isWhole(left) && isWhole(right);
}

function isWhole(value: number | bigint): boolean {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}
