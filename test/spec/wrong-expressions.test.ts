import { expect, test } from 'vitest';
import { jobFromFlags } from '../../src/spec/load.ts';
import { parseJob } from '../../src/spec/parse.ts';
import { readYaml } from '../../src/spec/yaml.ts';
import { complaints } from './read.ts';

function complaintsAbout(filter: string): string[] {
  const jobfile = `sources: { in: { type: stdin } }
operators:
  good: { type: transform, steps: [{ filter: ${filter} }] }
sinks: { out: { type: stdout } }
`;
  return complaints(() => parseJob(readYaml(jobfile, 'job.yaml'), { environment: {} }));
}

test.each([
  ['a > foo(b)', 'job.yaml:3:50: unknown function "foo"'],
  ['"a > foo(b)"', 'job.yaml:3:51: unknown function "foo"'],
  ["'a = ''b'' AND > 1'", 'job.yaml:3:46: expected an expression, found ">"'],
])('a mistake in an expression is shown where it stands in the jobfile: %s', (filter, line) => {
  expect(complaintsAbout(filter)).toEqual([line]);
});

test('a mistake in an expression of a flag is shown below the flag', () => {
  const flags = { from: ['-'], to: '-', where: 'a > foo(b)' };
  expect(() => jobFromFlags('transform', flags, { environment: {} })).toThrow(
    expect.objectContaining({
      place: '--where',
      message: 'unknown function "foo"',
      excerpt: '  1 | a > foo(b)\n    |     ^',
    }),
  );
});
