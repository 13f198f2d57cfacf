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

  it('is refused again where it is too long, and the start of it that is kept is never written', async () => {
    const workplace = new Workplace();
    writeFileSync(workplace.path('in.txt'), `a\n${'x'.repeat(40_000_000)}\nc\n`);
    await workplace.run(['ingest', '--from', 'in.txt', '--to', 'out.txt', '--name', 'job']);
    expect(await replay(workplace, 'job')).toEqual({ replayed: 0, failed_again: 1 });
    expect(await reasons(workplace, 'job')).toEqual([['too_long', 2, 'waiting']]);
    expect(readFileSync(workplace.path('out.txt'), 'utf8')).toBe('a\nc\n');
  });

  describe('of CSV', () => {
    const jobfile = (type: string) => `name: job
sources: { in: { type: file, path: in.csv, schema: { id: integer, n: ${type} } } }
sinks: { out: { type: file, path: out.jsonl } }
`;
    const place = async () => {
      const workplace = new Workplace();
      writeFileSync(workplace.path('in.csv'), 'id,n\n1,5\n2,x\n3,4,5\n');
      writeFileSync(workplace.path('job.yaml'), jobfile('integer'));
      await workplace.run(['run', 'job.yaml']);
      return workplace;
    };

    it('is read by the columns of its file, as often as it is', async () => {
      const workplace = await place();
      for (const attempts of [2, 3]) {
        expect(await replay(workplace, 'job', '--max-attempts', '9')).toEqual({
          replayed: 0,
          failed_again: 2,
        });
        expect(await reasons(workplace, 'job')).toEqual([
          ['cast', attempts, 'waiting'],
          ['decode', attempts, 'waiting'],
        ]);
      }
      writeFileSync(workplace.path('job.yaml'), jobfile('text'));
      expect(await replay(workplace, 'job.yaml', '--allow-changes')).toEqual({
        replayed: 1,
        failed_again: 1,
      });
      expect(readFileSync(workplace.path('out.jsonl'), 'utf8')).toBe('{"id":1,"n":5}\n{"id":2,"n":"x"}\n');
    });
  });
});
