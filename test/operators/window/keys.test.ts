import { expect, test } from 'vitest';
import type { Value } from '../../../src/event.ts';
import { textOfKey } from '../../../src/operators/window/keys.ts';

/** Pairwise different keys that are easily taken for one another. */
const keys: readonly (readonly Value[])[] = [
  ['a'],
  ['"a'],
  ['a', 'b'],
  ['a,b'],
  ['a","b'],
  [1],
  ['1'],
  [null],
  ['null'],
  [true],
  ['true'],
  [new Date(5)],
  ['@5'],
  [5],
  [['a']],
  ['["a"]'],
  ['\ud800'],
  ['\ud801'],
  ['\udc00\ud800'],
  ['~"\\ud800"'],
  ['\\ud800'],
  ['\ufffd'],
  ['😀'],
];

test('keys have different texts, which are still different when they have been stored as UTF-8', () => {
  const stored = keys.map((key) => Buffer.from(textOfKey(key)).toString());
  expect(new Set(stored).size).toBe(keys.length);
});
