import type { Stored } from './affinity.ts';

/**
 * Puts rows in the order of their keys, those of the same key as they are; `at` says where in a row the key's values are.
 * Leaves them alone where SQLite may take two keys for one that look different here, as '5' and 5 in a numeric column.
 */
export function sortByKey<Row extends { readonly parameters: readonly Stored[] }>(
  rows: Row[],
  at: readonly number[],
): void {
  const isComparable = at.every((column) => {
    const type = typeof rows[0]?.parameters[column];
    return (
      (type === 'string' || type === 'number') &&
      rows.every(({ parameters }) => typeof parameters[column] === type)
    );
  });
  if (isComparable) rows.sort((one, other) => compareAt(at, one.parameters, other.parameters));
}

function compareAt(at: readonly number[], one: readonly Stored[], other: readonly Stored[]): number {
  for (const column of at) {
    const left = one[column] as string | number;
    const right = other[column] as string | number;
    if (left < right) return -1;
    if (left > right) return 1;
  }
  return 0;
}
