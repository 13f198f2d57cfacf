import { describe, expect, test } from 'vitest';
import { IncompatibleError, SpecError, UnreachableError } from '../../src/errors.ts';
import { failureOf } from '../../src/spec/failure.ts';
import { InvalidJob } from '../../src/spec/problem.ts';

const cli = { commands: ['ingest', 'run'], debug: false };

describe('a command that fails', () => {
  test.each([
    [new SpecError('is wrong', { place: '--x', hint: 'write y' }), '--x: is wrong; write y\n', 2],
    [new SpecError('is wrong'), 'sluice: is wrong\n', 2],
    [new IncompatibleError('the job has changed', { place: 'job' }), 'job: the job has changed\n', 5],
    [
      new UnreachableError('kafka://h', 'refused', { hint: 'is it up?' }),
      'kafka://h: refused; is it up?\n',
      3,
    ],
    [
      new UnreachableError('kafka://h:1', "kafka://h:1 can't be reached", { hint: 'is it up?' }),
      "kafka://h:1: can't be reached; is it up?\n",
      3,
    ],
    [new Error('two\n  lines'), 'sluice: two lines; set DEBUG=1 to see where\n', 1],
    ['a text', 'sluice: a text; set DEBUG=1 to see where\n', 1],
  ])('says so in one line: %s', (error, text, exitCode) => {
    expect(failureOf(error, cli)).toEqual({ text, exitCode });
  });

  test('shows the excerpt below the line', () => {
    const error = new SpecError('is wrong', { place: 'job.yaml:1:3', excerpt: '  1 | a: b\n    |    ^' });
    expect(failureOf(error, cli).text).toBe('job.yaml:1:3: is wrong\n  1 | a: b\n    |    ^\n');
  });

  test('lists the mistakes of a job, but no more than a person reads at once', () => {
    const others = Array.from(
      { length: 20 },
      (_, index) => new SpecError(`mistake ${index}`, { place: 'p' }),
    );
    const lines = failureOf(new InvalidJob(new SpecError('first', { place: 'p' }), others), cli).text.split(
      '\n',
    );
    expect([lines[0], lines[1], lines[10]]).toEqual(['p: first', 'p: mistake 0', '… and 11 more']);
  });

  test('prints no control characters of a jobfile', () => {
    const error = new SpecError('bad \u001b[2J', { place: 'a\u0007', excerpt: '\u001b]0;x' });
    expect(failureOf(error, cli).text).toMatch(/^[^\p{Cc}]*\n[^\p{Cc}]*\n$/u);
  });

  test('shows a stack where it is asked for', () => {
    expect(failureOf(new Error('bug'), { ...cli, debug: true }).text).toContain('failure.test.ts');
  });
});
