import type { Binary } from './tree.ts';

/** How tightly an operator holds its operands, as in SQLite. */
export const Binding = {
  or: 1,
  and: 2,
  not: 3,
  equality: 4,
  relation: 5,
  sum: 6,
  product: 7,
  concatenation: 8,
  sign: 9,
} as const;

export type BinaryOperator = Binary['operator'];

export const binaryOperators: Readonly<Record<BinaryOperator, number>> = {
  OR: Binding.or,
  AND: Binding.and,
  '=': Binding.equality,
  '<>': Binding.equality,
  '<': Binding.relation,
  '<=': Binding.relation,
  '>': Binding.relation,
  '>=': Binding.relation,
  '+': Binding.sum,
  '-': Binding.sum,
  '*': Binding.product,
  '/': Binding.product,
  '%': Binding.product,
  '||': Binding.concatenation,
};

/** Words that are never the name of a field, unless quoted. */
export const reserved: ReadonlySet<string> = new Set(
  'AND OR NOT IN BETWEEN LIKE IS NULL TRUE FALSE CASE WHEN THEN ELSE END CURRENT_TIMESTAMP CURRENT_DATE'.split(
    ' ',
  ),
);
