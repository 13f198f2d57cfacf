import { writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { Workplace } from './sluice.ts';

describe('a state directory with a damaged file in it', { timeout: 60_000 }, () => {
  let place: Workplace;
  const jobfile = () =>
    JSON.stringify({
      name: 'broken',
      sources: { in: { type: 'generate', count: 10 } },
      sinks: { out: { type: 'file', path: 'out.jsonl' } },
      limit: 5,
    });

  beforeEach(async () => {
    place = new Workplace();
    writeFileSync(place.path('job.yaml'), jobfile());
    expect((await place.run(['run', 'job.yaml'])).code).toBe(0);
  });

  it('goes by the jobfile where it is not known any more where the checkpoints are', async () => {
    writeFileSync(place.path('home/jobs/broken/job.json'), '');
    const byName = await place.run(['recover', 'broken']);
    expect([byName.code, byName.stderr]).toEqual([
      2,
      `sluice: the entry that says where the checkpoints of job broken are is damaged; recover it by its jobfile, or by the URI of its checkpoints\n`,
    ]);
    const byFile = await place.run(['recover', 'job.yaml']);
    expect([byFile.code, byFile.stderr]).toEqual([
      0,
      'job broken is finished: there is nothing to recover\n',
    ]);
  });

  it('lists the other jobs, and what is wrong with this one', async () => {
    await place.run([
      'ingest',
      '--from',
      'generate:clicks?count=5',
      '--to',
      'other.jsonl',
      '--name',
      'other',
    ]);
    writeFileSync(place.path('home/jobs/broken/checkpoints.db'), 'no database'.repeat(1000));
    const { code, stdout } = await place.run(['recover', '--list']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^broken +unknown .*file is not a database/m);
    expect(stdout).toMatch(/^other +finished/m);
    const { code: refused, stderr } = await place.run(['recover', 'broken']);
    expect([refused, stderr]).toEqual([
      3,
      expect.stringContaining('restore it from a copy, or move it away'),
    ]);
  });
});
