import { existsSync, writeFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { expect, it, vi } from 'vitest';
import { collect, summaryOf, Workplace } from './sluice.ts';

const EVENTS = 30_000;

const jobfile = `
name: stages
sources: { in: { type: file, path: in.jsonl, time: at } }
operators:
  enriched:
    type: transform
    steps:
      - dedupe: { key: id, within: 5s }
      - { name: who, lookup: { into: user, key: user, via: file, path: users.jsonl, by: id, on_miss: dead_letter } }
      - { name: double, module: { path: ./double.mjs, pure: true } }
  counts: { type: window, key: city, tumbling: 10s, aggregations: { n: count(*), total: sum(v) } }
sinks: { out: { type: sqlite, path: out.db, table: counts } }
`;

function place(): Workplace {
  const workplace = new Workplace();
  const lines = Array.from({ length: EVENTS }, (_, n) => {
    // Every tenth event comes twice, and one user in fifty is unknown.
    const id = n % 10 === 9 ? n - 1 : n;
    return JSON.stringify({ id, user: `u${id % 50}`, v: id, at: id });
  });
  writeFileSync(workplace.path('in.jsonl'), `${lines.join('\n')}\n`);
  const users = Array.from({ length: 49 }, (_, user) =>
    JSON.stringify({ id: `u${user}`, city: `c${user % 5}` }),
  );
  writeFileSync(workplace.path('users.jsonl'), `${users.join('\n')}\n`);
  writeFileSync(
    workplace.path('double.mjs'),
    'export const transform = async ({ user, v }) => ({ city: user.city, v: v * 2 });',
  );
  writeFileSync(workplace.path('job.yaml'), jobfile);
  return workplace;
}

/** What the job makes, worked out without it. */
function expected(): Record<string, unknown>[] {
  const groups = new Map<string, { city: string; start: number; n: number; total: number }>();
  for (let id = 0; id < EVENTS; id++) {
    if (id % 10 === 9 || id % 50 === 49) continue;
    const city = `c${(id % 50) % 5}`;
    const start = Math.floor(id / 10_000) * 10_000;
    const group = groups.get(`${city}/${start}`) ?? { city, start, n: 0, total: 0 };
    group.n++;
    group.total += id * 2;
    groups.set(`${city}/${start}`, group);
  }
  return [...groups.values()].sort(
    (one, other) => one.start - other.start || (one.city < other.city ? -1 : 1),
  );
}

function rowsOf(workplace: Workplace): unknown[] {
  const database = new Sqlite(workplace.path('out.db'), { readonly: true });
  const rows = database
    .prepare('SELECT city, window_start AS start, n, total FROM counts ORDER BY window_start, city')
    .all();
  database.close();
  return rows;
}

function rowsIn(workplace: Workplace): number {
  const database = new Sqlite(workplace.path('out.db'), { readonly: true });
  try {
    return database.prepare<[], { rows: number }>('SELECT count(*) AS rows FROM rows').get()!.rows;
  } catch {
    return 0;
  } finally {
    database.close();
  }
}

it('events that wait in lookups and modules are neither lost nor late, and the books balance', async () => {
  const workplace = place();
  const { code, stdout, stderr } = await workplace.run(['run', 'job.yaml', '--json']);
  expect(code, stderr).toBe(0);
  const summary = summaryOf(stdout);
  expect(summary.nodes[1]).toMatchObject({ in: EVENTS, filtered: EVENTS / 10, late: 0, dead_letters: 0 });
  expect(summary.nodes[1]!.out).toBe(EVENTS - EVENTS / 10);
  expect(rowsOf(workplace)).toEqual(expected());
});

it('a letter of a step behind dedupe goes in again, and is no repeat of itself', async () => {
  const workplace = place();
  const lines = [1, 2, 2, 3].map((id) => JSON.stringify({ id, user: `u${48 + (id % 2)}`, v: id, at: id }));
  writeFileSync(workplace.path('in.jsonl'), `${lines.join('\n')}\n`);
  // The last key is still in the state: time has not gone on.
  writeFileSync(
    workplace.path('job.yaml'),
    jobfile
      .replace('time: at', 'time: at, follow: true')
      .replace('out.db, table: counts', 'out.db, table: rows, from: enriched'),
  );
  const child = workplace.start('run', 'job.yaml', '--json');
  const ended = collect(child);
  await vi.waitUntil(() => existsSync(workplace.path('out.db')) && rowsIn(workplace) === 1, {
    timeout: 15_000,
  });
  child.kill('SIGINT');
  expect(summaryOf((await ended).stdout).nodes[1]).toMatchObject({ filtered: 1, dead_letters: 2 });
  writeFileSync(workplace.path('users.jsonl'), JSON.stringify({ id: 'u49', city: 'c' }));
  const { stdout, stderr } = await workplace.run(['replay-dlq', 'stages', '--json']);
  expect(JSON.parse(stdout), stderr).toMatchObject({ replayed: 2, failed_again: 0 });
  expect(rowsIn(workplace)).toBe(3);
});

it('after kill -9 while events wait, the rows are those of an uninterrupted run', async () => {
  const workplace = place();
  const slow = ['--set', 'checkpoint.interval=50ms', '--set', 'max_concurrency=1'];
  writeFileSync(
    workplace.path('double.mjs'),
    `export const transformBatch = async (events) => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      return events.map(({ user, v }) => ({ city: user.city, v: v * 2 }));
    };`,
  );
  let child = workplace.start('run', 'job.yaml', ...slow);
  for (const atLeast of [3, 8]) {
    const ended = collect(child);
    await vi.waitUntil(() => checkpoints(workplace) >= atLeast, { timeout: 15_000, interval: 5 });
    child.kill('SIGKILL');
    await ended;
    child = workplace.start('recover', 'stages');
  }
  const { code, stderr } = await collect(child);
  expect(code, stderr).toBe(0);
  expect(rowsOf(workplace)).toEqual(expected());
});

/** The number of the newest checkpoint; -1 before there is one. */
function checkpoints(workplace: Workplace): number {
  try {
    const database = new Sqlite(workplace.path('out.db'), { readonly: true });
    const { newest } = database.prepare('SELECT max(number) AS newest FROM sluice_checkpoints').get() as {
      newest: number | null;
    };
    database.close();
    return newest ?? -1;
  } catch {
    return -1;
  }
}
