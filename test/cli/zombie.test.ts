import { existsSync, readFileSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { lockJob } from '../../src/checkpoint/lock.ts';
import { systemClock } from '../../src/clock.ts';
import { collect, Workplace } from './sluice.ts';
import { stop, takenOver } from './zombie.ts';

const EVENTS = 6000;
const source = ['ingest', '--from', `generate:clicks?count=${EVENTS}&rate=4000`, '--flush-interval', '50ms'];

function rowsIn(file: string, table: string): unknown[] {
  if (!existsSync(file)) return [];
  const database = new DatabaseSync(file);
  try {
    return database.prepare(`SELECT * FROM "${table}"`).all();
  } catch {
    return [];
  } finally {
    database.close();
  }
}

function linesIn(file: string): number {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
}

function sorted(rows: readonly unknown[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

/** It says so in one line, and ends with code 1. */
function expectRefused({ code, stderr }: { code: number | null; stderr: string }, name: string): void {
  expect(code).toBe(1);
  expect(stderr).toContain(`another process took over job ${name}`);
  expect(stderr).not.toMatch(/^ +at .*:\d+/m);
  expect(stderr).not.toContain(`sluice recover ${name}`);
}

// A process that was stopped inside a transaction holds SQLite's lock: the takeover waits for it, and is tried again.
const patience = { timeout: 60_000 };
describe.runIf(process.platform === 'linux')(
  'a job that is paused, taken over and woken up',
  patience,
  () => {
    it('changes nothing in its only SQLite file', async () => {
      const place = new Workplace();
      const rows = () => rowsIn(place.path('out.db'), 'events');
      const woken = await takenOver(
        place,
        'joined',
        [...source, '--to', 'sqlite:out.db#events'],
        () => rows().length > 0,
      );
      expectRefused(woken, 'joined');
      expect(rows()).toHaveLength(EVENTS);
    });

    it('overwrites no newer row in a SQLite file apart from its checkpoints', async () => {
      const place = new Workplace();
      const keyed = [...source, '--key', 'user_id'];
      await place.run([...keyed, '--to', 'sqlite:straight.db#users']);
      const rows = () => rowsIn(place.path('out.db'), 'users');
      const args = [...keyed, '--to', 'sqlite:out.db#users', '--checkpoint', 'sqlite:checkpoints.db'];
      const woken = await takenOver(
        place,
        'apart',
        [...args, '--checkpoint-interval', '100ms'],
        () => rows().length > 0,
      );
      expectRefused(woken, 'apart');
      expect(sorted(rows())).toEqual(sorted(rowsIn(place.path('straight.db'), 'users')));
    });

    it.each(['out.jsonl', 'out.jsonl.gz'])('changes nothing in the file %s', async (file) => {
      const place = new Workplace();
      const text = () => {
        if (!existsSync(place.path(file))) return '';
        const bytes = readFileSync(place.path(file));
        return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
      };
      await place.run([...source, '--to', 'straight.jsonl']);
      const args = [...source, '--to', file, '--checkpoint-interval', '100ms'];
      const hasWritten = () => existsSync(place.path(file)) && readFileSync(place.path(file)).length > 0;
      const woken = await takenOver(place, 'file', args, hasWritten);
      expectRefused(woken, 'file');
      expect(text()).toBe(readFileSync(place.path('straight.jsonl'), 'utf8'));
    });

    it('leaves the job to the one that took it over, which nobody takes it from unasked', async () => {
      const place = new Workplace();
      const endless = [
        'ingest',
        '--from',
        'generate:clicks?rate=100',
        '--flush-interval',
        '50ms',
        '--to',
        'out.jsonl',
        '--name',
        'taken',
      ];
      const first = place.start(...endless);
      const woken = collect(first);
      const file = place.path('out.jsonl');
      while (linesIn(file) === 0) await systemClock.sleep(20);
      await stop(first);
      const { ino } = statSync(file);
      const heir = place.start('recover', 'taken', '--takeover', '--checkpoint-interval', '100ms');
      const drained = collect(heir);
      // It goes on in a file of its own, once it has the job.
      while (statSync(file).ino === ino) await systemClock.sleep(20);
      first.kill('SIGCONT');
      first.kill('SIGINT');
      expectRefused(await woken, 'taken');

      const isHeld = async () => {
        const lock = await lockJob(place.path('home/jobs/taken'));
        lock?.release();
        return lock === undefined;
      };
      while (!(await isHeld())) await systemClock.sleep(50);
      const third = await place.run(['recover', 'taken']);
      expect([third.code, third.stderr]).toEqual([2, expect.stringContaining('running in another process')]);
      heir.kill('SIGINT');
      expect((await drained).code).toBe(0);
    });
  },
);
