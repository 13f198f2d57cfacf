import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FlagValues, JobCommand } from '../../src/spec/flags/flag.ts';
import { jobFromFile, jobFromFlags } from '../../src/spec/load.ts';
import { temporaryFolder } from '../contracts/folder.ts';

function noticesOf(command: JobCommand, flags: FlagValues): string[] {
  const notices: string[] = [];
  const common = { from: ['-'], to: ['-'], time: 'at' };
  jobFromFlags(command, { ...common, ...flags }, { environment: {}, notice: (line) => notices.push(line) });
  return notices;
}

const agg = ['n=count(*)'];

describe('a duration without a unit', () => {
  test.each<[JobCommand, FlagValues, readonly string[]]>([
    ['window', { tumbling: '5', agg }, ['--tumbling: 5 is 5 milliseconds; for seconds write 5s']],
    ['window', { session: '999', agg }, ['--session: 999 is 999 milliseconds; for seconds write 999s']],
    [
      'window',
      { sliding: '60', every: '5', agg },
      [
        '--sliding: 60 is 60 milliseconds; for seconds write 60s',
        '--every: 5 is 5 milliseconds; for seconds write 5s',
      ],
    ],
    [
      'detect',
      { zscore: 'value', window: '600' },
      ['--window: 600 is 600 milliseconds; for seconds write 600s'],
    ],
    ['detect', { missing: '120' }, ['--missing: 120 is 120 milliseconds; for seconds write 120s']],
    [
      'join',
      { from: ['a=-', 'b=x.jsonl'], on: 'a.id = b.id', window: '5', select: ['a.id'] },
      ['--window: 5 is 5 milliseconds; for seconds write 5s'],
    ],
    [
      'transform',
      { where: 'a > 1', set: ['x=5', 'operators.transform.steps=[{ dedupe: { key: a, within: 10 } }]'] },
      ['--set: within: 10 is 10 milliseconds; for seconds write 10s'],
    ],
  ])('of less than a second is told of: %s %j', (command, flags, notices) => {
    expect(noticesOf(command, flags)).toEqual(notices);
  });

  test.each<[JobCommand, FlagValues]>([
    ['window', { tumbling: '1000', agg }],
    ['window', { tumbling: '5ms', agg }],
    ['window', { tumbling: '5s', 'allowed-lateness': '0', agg }],
    ['detect', { zscore: 'value', window: '10m', 'min-samples': '30', threshold: '2' }],
  ])('is what it says otherwise: %s %j', (command, flags) => {
    expect(noticesOf(command, flags)).toEqual([]);
  });

  test('in a jobfile is told of with its place', async () => {
    const file = join(await temporaryFolder(), 'job.yaml');
    writeFileSync(
      file,
      `sources: { a: { type: file, path: a.jsonl, time: at } }
operators:
  views:
    type: window
    tumbling: 5
    aggregations: { n: count(*) }
sinks: { out: { type: stdout } }
`,
    );
    const notices: string[] = [];
    jobFromFile(file, {}, { environment: {}, notice: (line) => notices.push(line) });
    expect(notices).toEqual([`${file}:5:15: tumbling: 5 is 5 milliseconds; for seconds write 5s`]);
  });
});
