import type { Value } from '../event.ts';
import type { Predicate, Scalar } from './scalar.ts';
import { typeError } from './values.ts';

/** TRUE, FALSE or NULL; anything else is a DataError. */
function truthOf(value: Value): boolean | null {
  if (value === true || value === false || value === null) return value;
  throw typeError('a condition must be TRUE or FALSE', value);
}

/** FALSE decides, then NULL. The right side is not looked at if the left is FALSE. */
export function compileAnd(left: Scalar, right: Scalar): Scalar {
  return (event) => {
    const one = truthOf(left(event));
    if (one === false) return false;
    const other = truthOf(right(event));
    return other === false ? false : one === null ? null : other;
  };
}

/** TRUE decides, then NULL. The right side is not looked at if the left is TRUE. */
export function compileOr(left: Scalar, right: Scalar): Scalar {
  return (event) => {
    const one = truthOf(left(event));
    if (one === true) return true;
    const other = truthOf(right(event));
    return other === true ? true : one === null ? null : other;
  };
}

export function compileNot(operand: Scalar): Scalar {
  return (event) => {
    const value = truthOf(operand(event));
    return value === null ? null : !value;
  };
}

export function compileIs(operand: Scalar, what: 'NULL' | 'TRUE' | 'FALSE', not: boolean): Scalar {
  if (what === 'NULL') return (event) => (operand(event) === null) !== not;
  const wanted = what === 'TRUE';
  return (event) => (truthOf(operand(event)) === wanted) !== not;
}

export interface Branch {
  readonly when: Predicate;
  readonly result: Scalar;
}

/** The first branch whose condition is TRUE. */
export function compileCase(branches: readonly Branch[], otherwise: Scalar): Scalar {
  return (event) => {
    for (const { when, result } of branches) if (when(event)) return result(event);
    return otherwise(event);
  };
}

/** Whether the scalar is TRUE. */
export function isTrue(scalar: Scalar): Predicate {
  return (event) => {
    const value = scalar(event);
    return value === true || (value !== false && value !== null && truthOf(value) === true);
  };
}
