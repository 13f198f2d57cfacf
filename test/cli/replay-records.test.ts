import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Workplace } from './sluice.ts';

async function replay(workplace: Workplace, ...args: string[]) {
  const { stdout } = await workplace.run(['replay-dlq', ...args, '--json']);
  const { replayed, failed_again } = JSON.parse(stdout);
  return { replayed, failed_again };
}

async function reasons(workplace: Workplace, job: string): Promise<unknown[]> {
  const { stdout } = await workplace.run(['dlq', 'list', job, '--json']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ reason, attempts, status }) => [reason, attempts, status]);
}

describe('a record that is read once more from its letter', () => {
  it('is refused again where it is not UTF-8, and never written with other characters', async () => {
    const workplace = new Workplace();
    writeFileSync(workplace.path('in.jsonl'), Buffer.from('{"a":"x\xff\xfey"}\n{"a":"ok"}\n', 'latin1'));
    await workplace.run(['ingest', '--from', 'in.jsonl', '--to', 'out.jsonl', '--name', 'job']);
    expect(await replay(workplace, 'job')).toEqual({ replayed: 0, failed_again: 1 });
    expect(await reasons(workplace, 'job')).toEqual([['decode', 2, 'waiting']]);
    expect(readFileSync(workplace.path('out.jsonl'), 'utf8')).toBe('{"a":"ok"}\n');
  });
});
