import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { collect, Workplace } from '../cli/sluice.ts';

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const patience = { timeout: 15_000, interval: 50 };

/** A job of clicks that runs until it is stopped. */
async function startClicks(place: Workplace): Promise<ChildProcess> {
  const job = place.start(
    'transform',
    '--name',
    'clicks',
    '--from',
    'generate:clicks?rate=500',
    '--to',
    'out.jsonl',
  );
  await vi.waitFor(() => expect(existsSync(place.path('home/run/clicks.sock'))).toBe(true), patience);
  return job;
}

describe('a running job', () => {
  test('is listed, watched and tapped from other terminals, and drains as if nobody had', async () => {
    const place = new Workplace();
    const job = await startClicks(place);
    const list = await place.run(['stats']);
    expect(list.stdout).toMatch(/^job +status +pid .*\nclicks +running /);

    const watching = place.start('stats', 'clicks', '--json', '--interval', '100ms');
    const watched = collect(watching);
    await once(watching.stdout!, 'data');
    const tapped = await place.run(['tap', 'clicks.source', '--where', "action = 'click'", '--limit', '3']);
    expect(tapped).toMatchObject({ code: 0, stderr: '' });
    const events = tapped.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map((event) => event.action)).toEqual(['click', 'click', 'click']);

    const finished = collect(job);
    job.kill('SIGINT');
    expect((await finished).code).toBe(0);
    const stats = await watched;
    expect(stats).toMatchObject({ code: 0, stderr: 'job clicks drained\n' });
    const last = JSON.parse(stats.stdout.trimEnd().split('\n').at(-1)!);
    expect(last).toMatchObject({ job: 'clicks', status: 'drained' });
    expect(last.read).toBe(last.written);
    expect(await place.run(['stats'])).toMatchObject({
      code: 0,
      stdout: 'no job runs here now\n',
      stderr: '',
    });
  });

  test('ends a tap quietly when whoever reads it has enough', async () => {
    const place = new Workplace();
    await startClicks(place);
    const command = `"${process.execPath}" "${program}" tap clicks | head -3`;
    const environment = { ...process.env, SLUICE_HOME: place.path('home') };
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', command], { env: environment });
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(stderr).toBe('');
  });

  test('that is killed is said to be, once, with the way to go on', async () => {
    const place = new Workplace();
    const job = await startClicks(place);
    const tap = place.start('tap', 'clicks');
    const tapped = collect(tap);
    await once(tap.stdout!, 'data');
    job.kill('SIGKILL');
    expect(await tapped).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('job clicks ended without a word; go on with sluice recover clicks\n'),
    });
    const first = await place.run(['stats']);
    expect(first.stderr).toBe('job clicks ended without a word; go on with sluice recover clicks\n');
    expect((await place.run(['stats'])).stderr).toBe('');
    const again = await place.run(['tap', 'clicks']);
    expect(again).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('sluice recover clicks goes on with it'),
    });
  });

  test('goes on at its pace while a watcher is stopped', async () => {
    const place = new Workplace();
    const job = await startClicks(place);
    const tap = place.start('tap', 'clicks');
    await once(tap.stdout!, 'data');
    tap.kill('SIGSTOP');
    const read = async () => JSON.parse((await place.run(['stats', '--json'])).stdout).read as number;
    const before = await read();
    await vi.waitFor(async () => expect(await read()).toBeGreaterThan(before + 500), patience);
    tap.kill('SIGKILL');
    job.kill('SIGINT');
    expect((await collect(job)).code).toBe(0);
  });
});

describe('a command that watches', () => {
  test.each([
    [['stats', 'nothing'], 'sluice: there is no job "nothing"; no job runs now\n'],
    [['tap', 'nothing.node'], 'sluice: there is no job "nothing.node"; no job runs now\n'],
    [['stats', 'x', '--interval', '5'], '--interval: must be from 100ms to 1d\n'],
    [
      ['stats', 'x', '--interval', 'soon'],
      '--interval: "soon" is no duration such as 500ms, 5s, 1m, 1h or 1d\n',
    ],
    [['tap', 'x', '--limit', '0'], '--limit: must be a whole number from 1 on\n'],
    [['tap'], 'sluice tap: TARGET is missing; for example sluice tap clicks --limit 3\n'],
  ])('refuses %j', async (args, stderr) => {
    expect(await new Workplace().run(args)).toEqual({ code: 2, signal: null, stdout: '', stderr });
  });
});
