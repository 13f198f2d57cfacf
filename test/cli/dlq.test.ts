import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Workplace } from './sluice.ts';

/** A job with two kinds of letters: one record is no JSON, two have no number. */
async function place(): Promise<Workplace> {
  const workplace = new Workplace();
  const lines = [
    '{"n": 1, "text": "1"}',
    '{"n": 2, \u001b[31m}',
    '{"n": 3, "text": "x"}',
    '{"n": 4, "text": "y"}',
  ];
  writeFileSync(workplace.path('in.jsonl'), `${lines.join('\n')}\n`);
  const finished = await workplace.run([
    ...['transform', '--from', 'in.jsonl', '--set', 'm=CAST(text AS INTEGER)'],
    ...['--to', 'sqlite:out.db#t', '--key', 'n', '--name', 'job', '--dlq', 'file:letters.jsonl'],
  ]);
  expect(finished.code).toBe(0);
  expect(finished.stderr).toContain('sluice dlq list job or sluice replay-dlq job');
  return workplace;
}

/** The cells of a table, without its titles and ids. */
function cells(text: string): string[][] {
  return text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/ {2,}/));
}

describe('sluice dlq', () => {
  it('is told of by a run that starts afresh, while letters of earlier ones wait', async () => {
    const workplace = await place();
    const again = ['transform', '--from', 'in.jsonl', '--to', 'out.jsonl', '--limit', '1', '--name', 'job'];
    const told =
      'job job has dead letters of earlier runs; if this one reads those records again, sluice dlq purge job';
    expect((await workplace.run([...again, '--checkpoint', 'sqlite:out.db'])).stderr).toContain(told);
    await workplace.run(['dlq', 'purge', 'job', '--yes']);
    expect((await workplace.run([...again, '--checkpoint', 'sqlite:out.db'])).stderr).not.toContain(
      'earlier',
    );
  });

  it('lists letters by name, by where they are, and by where their copies are', async () => {
    const workplace = await place();
    for (const from of ['job', 'sqlite:out.db', 'file:letters.jsonl']) {
      const { code, stdout } = await workplace.run(['dlq', 'list', from]);
      expect(code).toBe(0);
      expect(cells(stdout).map((row) => row.slice(1, 5))).toEqual([
        ['waiting', 'source', 'decode', '1'],
        ['waiting', 'transform', 'cast', '1'],
        ['waiting', 'transform', 'cast', '1'],
      ]);
    }
  });

  it('selects by reason, node, time, condition and number', async () => {
    const workplace = await place();
    const listed = async (...flags: string[]) => {
      const { stdout } = await workplace.run(['dlq', 'list', 'job', '--json', ...flags]);
      return stdout.split('\n').filter((line) => line !== '').length;
    };
    expect(await listed('--reason', 'cast')).toBe(2);
    expect(await listed('--node', 'source')).toBe(1);
    expect(await listed('--where', 'n > 3')).toBe(1);
    expect(await listed('--where', "text = 'y' OR text > 3")).toBe(1);
    expect(await listed('--limit', '2')).toBe(2);
    expect(await listed('--since', '1h')).toBe(3);
    expect(await listed('--until', '1h')).toBe(0);
    expect(await listed('--status', 'quarantined')).toBe(0);
  });

  it('lists the jobs that have letters, with how many, where no name is given', async () => {
    const workplace = await place();
    const clean = ['transform', '--from', 'out.jsonl', '--to', 'file:clean.jsonl', '--name'];
    writeFileSync(workplace.path('out.jsonl'), '{"n": 1}\n');
    expect((await workplace.run([...clean, 'clean'])).code).toBe(0);
    expect((await workplace.run(['replay-dlq', 'job', '--node', 'source', '--max-attempts', '2'])).code).toBe(
      0,
    );
    const { code, stdout, stderr } = await workplace.run(['dlq', 'list']);
    expect([code, stderr]).toEqual([
      0,
      'sluice dlq list NAME lists those of one job; sluice replay-dlq NAME sends them back\n',
    ]);
    expect(stdout).toMatch(
      /^job {2}waiting {2}quarantined {2}replayed {2}newest\njob {2}2 {8}1 {12}0 {9}\d+s ago\n$/,
    );
    const json = await workplace.run(['dlq', 'list', '--json', '--reason', 'cast']);
    expect(JSON.parse(json.stdout)).toMatchObject({ job: 'job', waiting: 2, quarantined: 0, replayed: 0 });
    const none = await workplace.run(['dlq', 'list', '--reason', 'nothing']);
    expect(none).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'no job here has dead letters with --reason nothing\n',
    });
    writeFileSync(workplace.path('out.db'), 'no database');
    const broken = await workplace.run(['dlq', 'list']);
    expect(broken).toMatchObject({ code: 0, stdout: expect.stringMatching(/^job {2}– .* unknown: /m) });
  });

  it('counts them by kind', async () => {
    const workplace = await place();
    const { stdout } = await workplace.run(['dlq', 'list', 'job', '--count']);
    expect(cells(stdout)).toEqual([
      ['transform', 'cast', 'waiting', '2'],
      ['source', 'decode', 'waiting', '1'],
    ]);
  });

  it('shows a letter without what its bytes would do to a terminal, and the bytes themselves with --raw', async () => {
    const workplace = await place();
    const { stdout: list } = await workplace.run(['dlq', 'list', 'job', '--reason', 'decode']);
    const [[id = ''] = []] = cells(list);
    const shown = await workplace.run(['dlq', 'show', 'job', id]);
    expect(shown.stdout).toContain('reason     decode\n');
    expect(shown.stdout).not.toContain('\u001b');
    const raw = await workplace.run(['dlq', 'show', 'job', id, '--raw']);
    expect(raw.stdout).toBe('{"n": 2, \u001b[31m}');
    const copy = await workplace.run(['dlq', 'show', 'file:letters.jsonl', id, '--raw']);
    expect(copy.stdout).toBe(raw.stdout);
  });

  it('removes letters with --yes, and only shows them without', async () => {
    const workplace = await place();
    const purge = ['dlq', 'purge', 'job', '--reason', 'cast'];
    const asked = await workplace.run(purge);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain('nothing was removed; remove them for good with --yes');
    const done = await workplace.run([...purge, '--yes']);
    expect([done.code, done.stderr]).toEqual([0, '2 dead letters of job job are gone\n']);
    const left = await workplace.run(['dlq', 'list', 'job']);
    expect(cells(left.stdout)).toHaveLength(1);
    const none = await workplace.run(purge);
    expect([none.code, none.stderr]).toEqual([0, 'job job has no dead letters with --reason cast\n']);
  });

  it('says what is wrong with a place or a name', async () => {
    const workplace = await place();
    const wrong = async (...args: string[]) => {
      const { code, stderr } = await workplace.run(['dlq', ...args]);
      return `${code} ${stderr}`;
    };
    expect(await wrong('list', 'jib')).toBe('2 sluice: there is no job "jib"; did you mean "job"?\n');
    expect(await wrong('list', 'sqlite:none.db')).toMatch(
      /^2 sqlite:none.db: there are no dead letters; give /,
    );
    expect(await wrong('list', 'file:in.jsonl')).toMatch(
      /^2 in.jsonl:1: it is no dead letter of sluice; give /,
    );
    expect(await wrong('show', 'job', 'x')).toBe(
      '2 sluice: job job has no dead letter "x"; sluice dlq list job has their ids\n',
    );
    expect(await wrong('list', 'job', '--since', 'soon')).toMatch(/^2 --since: "soon" is no time; give /);
    expect(await wrong('purge', 'file:letters.jsonl', '--yes')).toMatch(
      /^2 file:letters.jsonl: letters can not be removed from there one by one; /,
    );
  });
});
