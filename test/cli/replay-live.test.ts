import { appendFileSync, writeFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { expect, it, vi } from 'vitest';
import { collect, summaryOf, unaccounted, Workplace } from './sluice.ts';

const USERS = 100;
const EVENTS = 4000;

/** A module that answers slowly, so that a replay has a middle, and a lookup that misses one user in four. */
const jobfile = `name: live
sources: { in: { type: file, path: in.jsonl, follow: true } }
operators:
  named:
    type: transform
    steps:
      - lookup: { into: user, key: id, via: sqlite, path: users.db, table: users, on_miss: dead_letter, ttl: 1ms }
      - module: ./slow.mjs
sinks: { out: { type: sqlite, path: out.db, table: rows, key: n, flush_interval: 50ms } }
max_concurrency: 1
`;
const slowModule = `
export async function transform(event) {
  await new Promise((resolve) => setTimeout(resolve, event.slow ? 400 : 0));
  return event;
}`;

function addUsers(place: Workplace, isMeant: (id: number) => boolean): void {
  const database = new Sqlite(place.path('users.db'));
  database.exec('CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, name TEXT)');
  const insert = database.prepare('INSERT INTO users VALUES (?, ?)');
  for (let id = 0; id < USERS; id++) if (isMeant(id)) insert.run(id, `user ${id}`);
  database.close();
}

const isMissing = (id: number) => id % 4 === 0;
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => {
    const n = from + index;
    return `${JSON.stringify({ n, id: n % USERS, slow: isMissing(n) })}\n`;
  }).join('');

/** A job that has read the first events and goes on running. */
async function started(place: Workplace) {
  writeFileSync(place.path('job.yaml'), jobfile);
  writeFileSync(place.path('slow.mjs'), slowModule);
  addUsers(place, (id) => !isMissing(id));
  writeFileSync(place.path('in.jsonl'), lines(0, EVENTS));
  const child = place.start('run', 'job.yaml', '--json');
  const ended = collect(child);
  await vi.waitUntil(() => rows(place) === (EVENTS * 3) / 4, { timeout: 30_000, interval: 50 });
  return { child, ended };
}

function rows(place: Workplace): number {
  try {
    const database = new Sqlite(place.path('out.db'), { readonly: true });
    const found = database.prepare<[], { n: number }>('SELECT count(*) AS n FROM rows').get();
    database.close();
    return found?.n ?? 0;
  } catch {
    return 0;
  }
}

const waiting = async (place: Workplace) =>
  (await place.run(['dlq', 'list', 'live', '--status', 'waiting', '--json'])).stdout.split('\n').length - 1;

it('goes through the running job, which goes on; the books balance at its end', async () => {
  const place = new Workplace();
  const { child, ended } = await started(place);
  const failing = await place.run(['replay-dlq', 'live', '--limit', '2', '--max-attempts', '2', '--json']);
  expect(JSON.parse(failing.stdout)).toMatchObject({ replayed: 0, failed_again: 2, quarantined: 2 });

  addUsers(place, isMissing);
  appendFileSync(place.path('in.jsonl'), lines(EVENTS, EVENTS + 10));
  const { code, stdout } = await place.run(['replay-dlq', 'live', '--quarantined', '--json']);
  expect(code).toBe(0);
  const result = { letters: EVENTS / 4, replayed: EVENTS / 4, failed_again: 0, quarantined: 0, late: 0 };
  expect(JSON.parse(stdout)).toEqual({ job: 'live', ...result });
  expect(await waiting(place)).toBe(0);

  child.kill('SIGINT');
  const summary = summaryOf((await ended).stdout);
  expect(rows(place)).toBe(EVENTS + 10);
  expect(summary).toMatchObject({
    status: 'drained',
    read: EVENTS + 10,
    written: EVENTS + 10,
    dead_letters: 0,
  });
  expect(unaccounted(summary)).toEqual({});
}, 120_000);

it('is stopped by Ctrl-C, or when the job is drained: what went in is through, the rest waits', async () => {
  const place = new Workplace();
  const { child, ended } = await started(place);
  addUsers(place, isMissing);
  const good = (EVENTS * 3) / 4;

  const stopped = place.start('replay-dlq', 'live', '--json');
  const told = collect(stopped);
  await vi.waitUntil(() => rows(place) > good, { timeout: 30_000, interval: 5 });
  stopped.kill('SIGINT');
  const { code, stdout } = await told;
  expect(code).toBe(0);
  const { letters, replayed } = JSON.parse(stdout);
  expect([letters, replayed > 0, replayed < letters]).toEqual([EVENTS / 4, true, true]);
  expect([rows(place), await waiting(place)]).toEqual([good + replayed, letters - replayed]);

  const drained = collect(place.start('replay-dlq', 'live'));
  await vi.waitUntil(() => rows(place) > good + replayed, { timeout: 30_000, interval: 5 });
  child.kill('SIGINT');
  expect((await ended).code).toBe(0);
  await drained;
  const left = await waiting(place);
  expect(left).toBeLessThan(letters - replayed);
  expect(rows(place)).toBe(EVENTS - left);
}, 120_000);

it('refuses what a running job can not do', async () => {
  const place = new Workplace();
  await started(place);
  const elsewhere = await place.run(['replay-dlq', 'live', '--to', 'letters.jsonl']);
  expect(elsewhere).toMatchObject({ code: 2 });
  expect(elsewhere.stderr).toBe(
    '--to: job live is running, and only its own sinks are open; drain it first, or send the letters through it without --to\n',
  );
  writeFileSync(place.path('job.yaml'), jobfile.replace('ttl: 1ms', 'ttl: 5m'));
  const changed = await place.run(['replay-dlq', 'job.yaml']);
  expect(changed).toMatchObject({ code: 2 });
  expect(changed.stderr).toContain('job live runs as it was before it was changed; drain it first');
}, 120_000);
