import type { DeadLetter, LetterQuery } from './dead-letter.ts';

export function matches(
  letter: DeadLetter,
  { ids, status, reason, node, since, until }: LetterQuery,
): boolean {
  return (
    (ids === undefined || ids.includes(letter.id)) &&
    (status === undefined || status.includes(letter.status)) &&
    (reason === undefined || letter.error.code === reason) &&
    (node === undefined || letter.node === node) &&
    (since === undefined || letter.lastAt >= since) &&
    (until === undefined || letter.lastAt < until)
  );
}

export function byAge(one: DeadLetter, other: DeadLetter): number {
  return one.firstAt - other.firstAt || one.position - other.position || (one.id < other.id ? -1 : 1);
}
