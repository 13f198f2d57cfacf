import { describe, expect, test } from 'vitest';
import { excerpt } from '../../src/spec/excerpt.ts';
import { readYaml } from '../../src/spec/yaml.ts';
import { complaints, jobOf } from './read.ts';

describe('the place of a part of a jobfile', () => {
  const document = readYaml('a:\n  list: [1, two]\nb: &b { c: 5 }\nd: *b\ne: { <<: *b, f: 6 }\n', 'job.yaml');

  test.each([
    [['a', 'list'], 'key', 'job.yaml:2:3'],
    [['a', 'list'], 'value', 'job.yaml:2:9'],
    [['a', 'list', 1], 'value', 'job.yaml:2:13'],
    [['d', 'c'], 'value', 'job.yaml:3:12'],
    [['e', 'c'], 'value', 'job.yaml:3:12'],
    [['a', 'nothing', 'here'], 'value', 'job.yaml:2:3'],
  ] as const)('%j, its %s', (path, part, place) => {
    expect(document.place(path, part).place).toBe(place);
  });

  test('is shown by its line and a caret', () => {
    expect(document.place(['a', 'list', 1]).excerpt).toBe('  2 |   list: [1, two]\n    |             ^');
  });
});

test('a long line is shown around the place, with the caret under it', () => {
  const text = `${'x'.repeat(500)}!${'y'.repeat(500)}`;
  const [line = '', caret = ''] = excerpt(text, 1, 501).split('\n');
  expect(line.indexOf('!')).toBe(caret.indexOf('^'));
  expect(line.length).toBeLessThan(120);
});

test('an alias is a copy: what is laid over one node leaves the other alone', () => {
  const document = readYaml('sources: { a: &s { type: stdin }, b: *s }\n', 'job.yaml');
  document.set(['sources', 'a', 'type'], 'file', document.place([]));
  expect(document.get(['sources', 'b', 'type'])).toBe('stdin');
});

describe('a jobfile that would exhaust the machine is refused', () => {
  const letters = [...'abcdefghij'];
  const bomb = (first: string, level: (aliases: string, name: string) => string) =>
    letters
      .map((name, i) =>
        i === 0
          ? first
          : level(
              Array(9)
                .fill(`*${letters[i - 1]}`)
                .join(','),
              name,
            ),
      )
      .join('\n');

  test.each([
    [
      'aliases of aliases',
      bomb('a: &a [x, x, x, x, x]', (aliases, name) => `${name}: &${name} [${aliases}]`),
    ],
    ['merges of merges', bomb('a: &a { x: 1 }', (aliases, name) => `${name}: &${name} { <<: [${aliases}] }`)],
    ['an alias of itself', 'a: &a [*a]'],
    ['brackets without end', '['.repeat(50_000)],
    ['brackets in brackets', `a: ${'['.repeat(5000)}${']'.repeat(5000)}`],
    ['maps in maps', Array.from({ length: 3000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ])('%s', (_, text) => {
    expect(complaints(() => jobOf(text))).toHaveLength(1);
  });
});

test('no name in a jobfile reaches a prototype', () => {
  const text = 'sources: { in: { type: stdin, __proto__: { polluted: 1 } }, __proto__: { type: stdin } }\n';
  expect(complaints(() => jobOf(text))).not.toEqual([]);
  const steps = '[ { set: { __proto__: 1 } }, { rename: { a: b, __proto__: c } } ]';
  expect(
    complaints(() =>
      jobOf(
        `sources: { in: { type: stdin } }\noperators: { t: { type: transform, steps: ${steps} } }\nsinks: { out: { type: stdout } }`,
      ),
    ),
  ).toEqual([
    `/jobs/job.yaml:2:54: a field can't be called "__proto__"; give it another name`,
    `/jobs/job.yaml:2:90: a field can't be called "__proto__"; give it another name`,
  ]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});
