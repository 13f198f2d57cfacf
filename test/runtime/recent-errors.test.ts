import { expect, test } from 'vitest';
import { DataError } from '../../src/errors.ts';
import { RecentErrors } from '../../src/runtime/recent-errors.ts';

test('errors of one node and one code are one, with the newest message; five different ones are kept', () => {
  const recent = new RecentErrors();
  const shown = () => recent.newest.map(({ at, node, message, count }) => [at, node, message, count]);
  recent.note(1, 'a', new DataError('decode', 'no JSON'));
  for (const at of [2, 3, 4]) recent.note(at, 'a', new DataError('cast', `no number: ${at}`));
  recent.note(5, 'b', new DataError('cast', 'no number'));
  recent.note(6, 'a', new DataError('cast', 'no number: 6'));
  expect(shown()).toEqual([
    [1, 'a', 'no JSON', 1],
    [5, 'b', 'no number', 1],
    [6, 'a', 'no number: 6', 4],
  ]);
  for (const at of [7, 8, 9]) recent.note(at, 'c', new DataError(`code_${at}`, 'odd'));
  expect(shown().map(([at]) => at)).toEqual([5, 6, 7, 8, 9]);
});
