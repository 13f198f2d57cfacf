import { describe, expect, test } from 'vitest';
import { builtIn } from '../../src/spec/registry.ts';
import { complaints, jobOf } from './read.ts';

function linesFor(steps: string): string[] {
  const text = `sources: { in: { type: stdin } }
operators: { a: { type: transform, steps: [${steps}] } }
sinks: { out: { type: stdout } }
`;
  return complaints(() => jobOf(text, {}, 'job.yaml', builtIn));
}

describe('a step', () => {
  test('that is misspelt is told of once: what its map then lacks is no news', () => {
    expect(linesFor('{ filtr: a > 1 }')).toEqual([
      'job.yaml:2:46: unknown option "filtr"; did you mean "filter"?',
    ]);
  });

  test('beside a misspelt one has its own mistakes still', () => {
    expect(linesFor('{ filtr: a > 1 }, { name: x }')).toEqual([
      'job.yaml:2:46: unknown option "filtr"; did you mean "filter"?',
      expect.stringContaining('job.yaml:2:62: "steps" must have one of filter, set,'),
    ]);
  });
});
