import { readFileSync, writeFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { describe, expect, it, vi } from 'vitest';
import { collect, Workplace } from './sluice.ts';

const EVENTS = 20_000;
/** One record in a hundred can't be decoded, one in ten is refused by the operator. */
const isUndecodable = (index: number) => index % 100 === 7;
const isRefused = (index: number) => index % 10 === 9;
const UNDECODABLE = EVENTS / 100;
const REFUSED = EVENTS / 10;

function jobfile(expression: string): string {
  return `name: clicks
sources: { in: { type: file, path: in.jsonl } }
operators:
  priced: { type: transform, steps: [{ set: { price: "${expression}" } }] }
sinks: { out: { type: sqlite, path: out.db, table: clicks, key: n } }
`;
}

const refusing = 'CAST(text AS INTEGER) + n';
const mended = 'COALESCE(n, 0)';

function place(): Workplace {
  const workplace = new Workplace();
  const lines = Array.from({ length: EVENTS }, (_, n) => {
    if (isUndecodable(n)) return `{"n": ${n}, "text": }`;
    return JSON.stringify({ n, text: isRefused(n) ? 'no number' : '1' });
  });
  writeFileSync(workplace.path('in.jsonl'), `${lines.join('\n')}\n`);
  writeFileSync(workplace.path('job.yaml'), jobfile(refusing));
  return workplace;
}

function query<Row>(workplace: Workplace, sql: string): Row[] {
  const database = new Sqlite(workplace.path('out.db'), { readonly: true });
  try {
    return database.prepare<[], Row>(sql).all();
  } finally {
    database.close();
  }
}

const letterCounts = (workplace: Workplace) =>
  query<{ node: string; status: string; letters: number }>(
    workplace,
    'SELECT node, status, count(*) AS letters FROM sluice_dead_letters GROUP BY 1, 2 ORDER BY 1, 2',
  );

describe('sluice replay-dlq', () => {
  it('brings in what can be mended, once, and leaves the rest with one attempt more', async () => {
    const workplace = place();
    expect((await workplace.run(['run', 'job.yaml'])).code).toBe(0);
    expect(query(workplace, 'SELECT count(*) AS n FROM clicks')).toEqual([
      { n: EVENTS - REFUSED - UNDECODABLE },
    ]);
    writeFileSync(workplace.path('job.yaml'), jobfile(mended));

    const refused = await workplace.run(['replay-dlq', 'job.yaml']);
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain('has changed since checkpoint');

    const { code, stdout } = await workplace.run(['replay-dlq', 'job.yaml', '--allow-changes', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      job: 'clicks',
      letters: REFUSED + UNDECODABLE,
      replayed: REFUSED,
      failed_again: UNDECODABLE,
      quarantined: 0,
      late: 0,
    });
    expect(query(workplace, 'SELECT count(*) AS rows, count(DISTINCT n) AS keys FROM clicks')).toEqual([
      { rows: EVENTS - UNDECODABLE, keys: EVENTS - UNDECODABLE },
    ]);
    expect(letterCounts(workplace)).toEqual([
      { node: 'in', status: 'waiting', letters: UNDECODABLE },
      { node: 'priced', status: 'replayed', letters: REFUSED },
    ]);
    expect(query(workplace, "SELECT DISTINCT attempts FROM sluice_dead_letters WHERE node = 'in'")).toEqual([
      { attempts: 2 },
    ]);
  });

  it('puts a letter into quarantine after so many attempts, and takes it out only when told to', async () => {
    const workplace = place();
    await workplace.run(['run', 'job.yaml']);
    const few = ['replay-dlq', 'clicks', '--reason', 'decode', '--limit', '5', '--max-attempts', '2'];
    expect(JSON.parse((await workplace.run([...few, '--json'])).stdout)).toMatchObject({
      failed_again: 5,
      quarantined: 5,
    });
    expect(letterCounts(workplace)[0]).toEqual({ node: 'in', status: 'quarantined', letters: 5 });
    const rest = await workplace.run(['replay-dlq', 'clicks', '--reason', 'decode', '--json']);
    expect(JSON.parse(rest.stdout).letters).toBe(UNDECODABLE - 5);
    const again = await workplace.run([
      'replay-dlq',
      'clicks',
      '--reason',
      'decode',
      '--quarantined',
      '--json',
    ]);
    expect(JSON.parse(again.stdout).letters).toBe(UNDECODABLE);
  });

  it('is killed three times in its middle, and goes on each time: nothing twice, nothing lost', async () => {
    const workplace = place();
    await workplace.run(['run', 'job.yaml']);
    // Each slice of letters fills a batch, and so makes a checkpoint.
    const inSmallBatches = jobfile(mended).replace('key: n }', 'key: n, batch_size: 7 }');
    writeFileSync(workplace.path('job.yaml'), inSmallBatches);
    for (const atLeast of [1, REFUSED / 4, REFUSED / 2]) {
      const child = workplace.start('replay-dlq', 'job.yaml', '--node', 'priced', '--allow-changes');
      const ended = collect(child);
      await vi.waitUntil(() => replayed(workplace) >= atLeast, { timeout: 15_000, interval: 1 });
      child.kill('SIGKILL');
      await ended;
    }
    expect(replayed(workplace)).toBeLessThan(REFUSED);
    const { code } = await workplace.run(['replay-dlq', 'job.yaml', '--node', 'priced', '--allow-changes']);
    expect(code).toBe(0);
    expect(query(workplace, 'SELECT count(*) AS rows, sum(price) AS price FROM clicks')).toEqual([
      expectedRows(),
    ]);
    expect(letterCounts(workplace)).toEqual([
      { node: 'in', status: 'waiting', letters: UNDECODABLE },
      { node: 'priced', status: 'replayed', letters: REFUSED },
    ]);
  });

  it('writes events to another sink, without those that never were any', async () => {
    const workplace = place();
    await workplace.run(['run', 'job.yaml']);
    const { code } = await workplace.run(['replay-dlq', 'clicks', '--to', 'refused.jsonl']);
    expect(code).toBe(0);
    const written = readFileSync(workplace.path('refused.jsonl'), 'utf8').trimEnd().split('\n');
    expect(written.map((line) => JSON.parse(line).n)).toEqual(
      Array.from({ length: EVENTS }, (_, n) => n).filter(isRefused),
    );
    const nothing = await workplace.run(['replay-dlq', 'clicks', '--to', 'refused.jsonl']);
    expect(nothing).toMatchObject({
      code: 0,
      stderr: `job clicks has no dead letters to replay; it has ${UNDECODABLE} waiting: sluice dlq list clicks --count\n`,
    });
    const unfit = await workplace.run(['replay-dlq', 'clicks', '--reason', 'no such', '--since', '1h']);
    expect(unfit).toMatchObject({
      code: 0,
      stderr: `job clicks has no dead letters to replay with --reason 'no such' --since 1h; it has ${UNDECODABLE} waiting: sluice dlq list clicks --count\n`,
    });
  });

  it('shows what would go where, and changes nothing', async () => {
    const workplace = place();
    await workplace.run(['run', 'job.yaml']);
    const before = letterCounts(workplace);
    const { code, stdout } = await workplace.run(['replay-dlq', 'clicks', '--dry-run', '--limit', '2']);
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/).slice(1))).toEqual([
      ['reason', 'attempts', 'goes into'],
      ['decode', '1', 'in'],
      ['cast', '1', 'priced'],
      [],
    ]);
    expect(letterCounts(workplace)).toEqual(before);
  });

  it('refuses an unknown job', async () => {
    const { code, stderr } = await new Workplace().run(['replay-dlq', 'nobody']);
    expect(code).toBe(2);
    expect(stderr).toBe('sluice: there is no job "nobody"; no job ran here yet\n');
  });
});

function replayed(workplace: Workplace): number {
  return letterCounts(workplace).find(({ status }) => status === 'replayed')?.letters ?? 0;
}

function expectedRows(): { rows: number; price: number } {
  let rows = 0;
  let price = 0;
  for (let n = 0; n < EVENTS; n++) {
    if (isUndecodable(n)) continue;
    rows++;
    price += isRefused(n) ? n : n + 1;
  }
  return { rows, price };
}
