import { expect, test } from 'vitest';
import { parseUri } from '../../../src/component/uri.ts';
import { generateSource } from '../../../src/sources/generate/definition.ts';

const read = (uri: string) =>
  generateSource.options.strict().parse(generateSource.fromUri(parseUri(uri, 'stdin')));

test('a URI gives the options, and the options give themselves', () => {
  const options = read('generate:orders?count=100&rate=0.5&interval=1m&disorder=30s&bad=10&seed=3');
  expect(options).toEqual({
    kind: 'orders',
    count: 100,
    rate: 0.5,
    interval: 60_000,
    disorder: 30_000,
    bad: 10,
    seed: 3,
    start: '2026-01-01T00:00:00Z',
  });
  expect(generateSource.options.parse(options)).toEqual(options);
});

test('clicks are what is generated when nothing is said', () => {
  expect(read('generate:')).toMatchObject({ kind: 'clicks' });
});

test.each([
  'generate:cats',
  'generate:clicks?rate=0',
  'generate:clicks?count=x',
  'generate:clicks?start=soon',
])('%s is refused', (uri) => {
  expect(() => read(uri)).toThrow();
});
