import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jobFromFile } from '../../src/spec/load.ts';
import { temporaryFolder } from '../contracts/folder.ts';

async function noticesOf(text: string): Promise<string[]> {
  const file = join(await temporaryFolder(), 'job.yaml');
  writeFileSync(file, text);
  const notices: string[] = [];
  jobFromFile(file, {}, { environment: {}, notice: (line) => notices.push(line) });
  return notices.map((line) => line.slice(line.indexOf('job.yaml')));
}

test('an operator whose results go nowhere is told of with its place', async () => {
  const text = `sources: { in: { type: stdin, time: at } }
operators:
  lost: { type: transform, steps: [{ filter: a > 1 }] }
  read: { type: transform, from: in, steps: [{ filter: a > 1 }] }
  late: { type: window, tumbling: 5m, aggregations: { n: count(*) } }
sinks: { out: { type: stdout, from: late.late } }
`;
  expect(await noticesOf(text)).toEqual([
    'job.yaml:3:3: nothing reads "lost"; name it in a "from", or remove it',
  ]);
});
