import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, vi } from 'vitest';
import { freePort } from '../free-port.ts';
import { collect, summaryOf, unaccounted, Workplace } from './sluice.ts';

const EVENTS = 60_000;
const input = Array.from({ length: EVENTS }, (_, index) => {
  if (index % 500 === 3) return `{"damaged": ${index}\n`;
  return `${JSON.stringify({ user: `u${index % 97}`, n: index, at: 1_700_000_000_000 + index })}\n`;
}).join('');
const damaged = EVENTS / 500;

/** Kills the job as soon as the table has some rows, `share` of the way through; whether it was still running. */
async function killAt(
  place: Workplace,
  share: number,
  args: readonly string[],
  progress: () => number,
): Promise<boolean> {
  const child = place.start(...args);
  const finished = collect(child);
  let over = false;
  void finished.then(() => {
    over = true;
  });
  while (!over && progress() < share * EVENTS) await new Promise((resolve) => setImmediate(resolve));
  child.kill('SIGKILL');
  return (await finished).signal === 'SIGKILL';
}

function count(file: string, sql: string): number {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    return Number(Object.values(database.prepare(sql).get() ?? { none: 0 })[0]);
  } catch {
    return 0;
  } finally {
    database?.close();
  }
}

describe('sluice recover', () => {
  it('after kill -9, a file into SQLite: the same rows and letters as an uninterrupted run', async () => {
    const place = new Workplace();
    writeFileSync(place.path('in.jsonl'), input);
    const args = ['ingest', '--from', 'in.jsonl', '--to', 'sqlite:out.db#events', '--name', 'killed'];
    const rows = () => count(place.path('out.db'), 'SELECT count(*) FROM events');
    let killed = 0;
    for (const share of [0.02, 0.4, 0.8]) {
      const command = killed === 0 ? args : ['recover', 'killed'];
      if (await killAt(place, share, command, rows)) killed++;
    }
    expect(killed).toBeGreaterThan(0);
    const { code, stdout } = await place.run(['recover', 'killed', '--json']);
    expect(code).toBe(0);
    const summary = summaryOf(stdout);
    expect(summary).toMatchObject({ read: EVENTS, written: EVENTS - damaged, dead_letters: damaged });
    expect(unaccounted(summary)).toEqual({});
    expect(rows()).toBe(EVENTS - damaged);
    expect(count(place.path('out.db'), 'SELECT count(DISTINCT n) FROM events')).toBe(EVENTS - damaged);
    expect(count(place.path('out.db'), 'SELECT count(*) FROM sluice_dead_letters')).toBe(damaged);
  });

  it('after kill -9, a file into a file: the same bytes', async () => {
    const place = new Workplace();
    writeFileSync(place.path('in.jsonl'), input);
    const args = ['--from', 'in.jsonl', '--where', 'n % 3 = 0', '--checkpoint-interval', '20ms'];
    const written = () => {
      try {
        return readFileSync(place.path('out.jsonl'), 'utf8').length / 15;
      } catch {
        return 0;
      }
    };
    await place.run(['transform', ...args, '--to', 'straight.jsonl']);
    expect(
      await killAt(place, 0.1, ['transform', ...args, '--to', 'out.jsonl', '--name', 'cut'], written),
    ).toBe(true);
    expect((await place.run(['recover', 'cut'])).code).toBe(0);
    expect(readFileSync(place.path('out.jsonl'), 'utf8')).toBe(
      readFileSync(place.path('straight.jsonl'), 'utf8'),
    );
  });

  it('goes on after a drain, and then has nothing left to do', async () => {
    const place = new Workplace();
    const child = place.start(
      ...['ingest', '--from', 'generate:clicks?count=2000&rate=1000', '--to', 'sqlite:out.db#events'],
      ...['--name', 'drained', '--flush-interval', '50ms', '--json'],
    );
    child.stderr?.once('data', () => child.kill('SIGINT'));
    const drained = await collect(child);
    expect(drained.code).toBe(0);
    expect(summaryOf(drained.stdout)).toMatchObject({ status: 'drained', recover: 'sluice recover drained' });
    expect(summaryOf(drained.stdout).read).toBeLessThan(2000);

    const again = await place.run([
      'ingest',
      '--from',
      'generate:clicks?count=2000',
      '--to',
      'sqlite:out.db#events',
      '--name',
      'drained',
    ]);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('sluice recover drained');

    const recovered = await place.run(['recover', 'drained', '--json']);
    expect(recovered.code).toBe(0);
    expect(summaryOf(recovered.stdout)).toMatchObject({ status: 'finished', read: 2000, written: 2000 });
    const done = await place.run(['recover', 'drained']);
    expect(done.code).toBe(0);
    expect(done.stderr).toContain('nothing to recover');
  });

  it('serves counters of its own run, and tells totals of the job', async () => {
    const place = new Workplace();
    const port = await freePort();
    const figures = () => fetch(`http://127.0.0.1:${port}/stream-metrics`).then((reply) => reply.text());
    const counted = async () => Number(/^sluice_events_read_total{.*} (\d+)$/m.exec(await figures())?.[1]);
    const drained = async (...command: string[]) => {
      const child = place.start(...command, '--metrics-port', String(port), '--json');
      const finished = collect(child);
      let read = 0;
      await vi.waitFor(async () => expect((read = await counted())).toBeGreaterThan(500), 20_000);
      child.kill('SIGINT');
      return { counted: read, total: summaryOf((await finished).stdout).read };
    };
    const from = 'generate:clicks?rate=1000';
    const first = await drained('ingest', '--from', from, '--to', 'out.jsonl', '--name', 'scraped');
    const second = await drained('recover', 'scraped');
    expect(second.counted).toBeLessThanOrEqual(second.total - first.total);
  });

  it('refuses a second process of one name, and an unknown name', async () => {
    const place = new Workplace();
    const args = [
      'ingest',
      '--from',
      'generate:clicks?rate=10',
      '--to',
      'sqlite:out.db#events',
      '--name',
      'one',
    ];
    const first = place.start(...args);
    await new Promise((resolve) => first.stderr?.once('data', resolve));
    const second = await place.run(args);
    expect(second.code).toBe(2);
    expect(second.stderr).toContain('job one is running in another process');
    first.kill('SIGINT');
    expect((await place.run(['recover', 'onne'])).stderr).toContain('did you mean "one"?');
  });
});
