import { readFileSync, writeFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { summaryOf, unaccounted, Workplace } from './sluice.ts';

function place(lines: readonly unknown[], jobfile: string): Workplace {
  const workplace = new Workplace();
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  writeFileSync(workplace.path('in.jsonl'), `${text.join('\n')}\n`);
  writeFileSync(workplace.path('job.yaml'), jobfile);
  return workplace;
}

function rows(workplace: Workplace, sql: string): unknown[] {
  const database = new Sqlite(workplace.path('out.db'), { readonly: true });
  try {
    return database.prepare(sql).raw().all();
  } finally {
    database.close();
  }
}

const latest = (value: string) => `name: latest
sources: { in: { type: file, path: in.jsonl } }
operators: { read: { type: transform, steps: [{ set: { value: "${value}" } }] } }
sinks: { out: { type: sqlite, path: out.db, table: latest, key: user } }
`;
const refusing = latest('CAST(value AS INTEGER)');
const mended = latest('-1');

const again = ['replay-dlq', 'job.yaml', '--allow-changes', '--json'];

describe('a replayed row', () => {
  const events = [
    { user: 'a', value: 1 },
    { user: 'a', value: 'bad' },
    { user: 'a', value: 3 },
    { user: 'b', value: 'bad' },
  ];

  it('never stands above one that may be newer: its letter stays, and says so', async () => {
    const workplace = place(events, refusing);
    await workplace.run(['run', 'job.yaml']);
    writeFileSync(workplace.path('job.yaml'), mended);
    const { stdout } = await workplace.run(again);
    expect(JSON.parse(stdout)).toMatchObject({ letters: 2, replayed: 1, failed_again: 1 });
    expect(rows(workplace, 'SELECT user, value FROM latest ORDER BY user')).toEqual([
      ['a', 3],
      ['b', -1],
    ]);
    expect(
      rows(workplace, "SELECT node, reason, attempts FROM sluice_dead_letters WHERE status = 'waiting'"),
    ).toEqual([['out', 'newer', 2]]);
  });

  it('stands above all others with --as-new', async () => {
    const workplace = place(events, refusing);
    await workplace.run(['run', 'job.yaml']);
    writeFileSync(workplace.path('job.yaml'), mended);
    const { stdout } = await workplace.run([...again, '--as-new']);
    expect(JSON.parse(stdout)).toMatchObject({ replayed: 2, failed_again: 0 });
    expect(rows(workplace, 'SELECT user, value FROM latest ORDER BY user')).toEqual([
      ['a', -1],
      ['b', -1],
    ]);
  });
});

describe('a replay', () => {
  it('keeps event time where it stood: a window that has closed takes nothing more', async () => {
    const windows = (value: string) => `name: windows
sources: { in: { type: file, path: in.jsonl, time: at, watermark: 0s } }
operators:
  read: { type: transform, steps: [{ set: { value: "${value}" } }] }
  sums: { type: window, key: user, tumbling: 1m, aggregations: { sum: sum(value) } }
sinks: { out: { type: sqlite, path: out.db, table: sums } }
`;
    const events = [1, 'bad', 3].map((value, minute) => ({ user: 'a', value, at: minute * 60_000 }));
    const workplace = place(events, windows('CAST(value AS INTEGER)'));
    await workplace.run(['run', 'job.yaml']);
    writeFileSync(workplace.path('job.yaml'), windows('0'));
    const { stderr } = await workplace.run(again.filter((flag) => flag !== '--json'));
    expect(stderr).toContain('replayed 0 of 1 dead letter of job windows\n');
    expect(stderr).toContain(
      '  1 came too late for their windows: a new run, with --restart, has them in time\n',
    );
    const listed = await workplace.run(['dlq', 'list', 'windows', '--json']);
    const letters = listed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(letters.map(({ node, status, reason }) => [node, status, reason])).toEqual([
      ['read', 'replayed', 'cast'],
      ['sums', 'waiting', 'late'],
    ]);
    expect(rows(workplace, 'SELECT sum FROM sums ORDER BY window_start')).toEqual([[1], [3]]);
  });

  it('balances the books of the job, as if nothing had been refused', async () => {
    const workplace = place([{ user: 'a', value: 1 }, '{bad', { user: 'b', value: 'x' }], refusing);
    await workplace.run(['run', 'job.yaml']);
    writeFileSync(workplace.path('job.yaml'), mended);
    await workplace.run(again);
    const database = new Sqlite(workplace.path('out.db'), { readonly: true });
    const { record } = database
      .prepare<[], { record: string }>('SELECT record FROM sluice_checkpoints ORDER BY number DESC')
      .get()!;
    database.close();
    expect(JSON.parse(record).counters).toMatchObject({
      in: { in: 3, out: 2, deadLetters: 1 },
      read: { in: 2, out: 2, deadLetters: 0 },
      out: { in: 2, out: 2, deadLetters: 0 },
    });
  });

  it('goes to a file as often as there are letters, and adds to it', async () => {
    const workplace = place([{ user: 'a', value: 'x' }], refusing);
    await workplace.run(['run', 'job.yaml']);
    await workplace.run(['replay-dlq', 'latest', '--to', 'one.jsonl']);
    writeFileSync(workplace.path('in.jsonl'), `${JSON.stringify({ user: 'b', value: 'y' })}\n`);
    await workplace.run(['run', 'job.yaml', '--restart']);
    expect((await workplace.run(['replay-dlq', 'latest', '--to', 'one.jsonl'])).code).toBe(0);
    expect(readFileSync(workplace.path('one.jsonl'), 'utf8')).toBe(
      '{"user":"a","value":"x"}\n{"user":"b","value":"y"}\n',
    );
  });

  it('goes in at the source with --from-start, though a later node refused it', async () => {
    const workplace = place([{ user: 'a', value: 'x' }], refusing);
    await workplace.run(['run', 'job.yaml']);
    writeFileSync(workplace.path('job.yaml'), mended);
    const dry = await workplace.run([
      'replay-dlq',
      'job.yaml',
      '--from-start',
      '--dry-run',
      '--allow-changes',
    ]);
    expect(dry.stdout).toMatch(/ {2}in\n$/);
    expect((await workplace.run([...again, '--from-start'])).code).toBe(0);
    expect(rows(workplace, 'SELECT user, value FROM latest')).toEqual([['a', -1]]);
  });

  it('says so where there is nothing to replay', async () => {
    const workplace = place([{ user: 'a', value: 1 }], refusing);
    const finished = await workplace.run(['run', 'job.yaml', '--json']);
    expect(unaccounted(summaryOf(finished.stdout))).toEqual({});
    const { code, stderr } = await workplace.run(['replay-dlq', 'latest']);
    expect([code, stderr]).toEqual([0, 'job latest has no dead letters to replay\n']);
  });
});
