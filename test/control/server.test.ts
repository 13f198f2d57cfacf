import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { ask } from '../../src/control/client.ts';
import type { Reply, Request, TapRequest } from '../../src/control/protocol.ts';
import { jobAndNode, runningJobs } from '../../src/control/running-jobs.ts';
import { TickingClock } from '../dashboard/terminal-stream.ts';
import { stateFolder, TappedJob } from './jobs.ts';

const tap: TapRequest = { watch: 'tap', format: 'json' };

/** Collects replies as they come. */
function listenTo(job: TappedJob, request: Request): Reply[] {
  const heard: Reply[] = [];
  const over = new AbortController();
  void (async () => {
    for await (const reply of job.ask(request, over.signal)) heard.push(reply);
  })();
  onTestFinished(() => over.abort());
  return heard;
}

const texts = (heard: readonly Reply[]) => heard.map((reply) => ('text' in reply ? reply.text : '')).join('');

describe('the socket of a running job', () => {
  test('is for its owner alone', async () => {
    const job = await new TappedJob('views').listen();
    expect(statSync(job.address).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(job.address)).mode & 0o777).toBe(0o700);
  });

  test('has an address that fits where the state directory does not', async () => {
    const job = await new TappedJob('views', stateFolder('x'.repeat(120))).listen();
    expect(Buffer.byteLength(job.address)).toBeLessThanOrEqual(100);
    expect((await runningJobs(job.home, systemClock)).running.map(({ snapshot }) => snapshot.job)).toEqual([
      'views',
    ]);
  });

  test('takes no snapshot and taps nothing while nobody watches', async () => {
    const job = await new TappedJob('views').listen();
    expect([job.snapshots, job.point.taps]).toEqual([0, 0]);
  });

  test('answers nonsense with a line, and does nothing', async () => {
    const job = await new TappedJob('views').listen();
    for (const line of [
      '{}',
      'GET / HTTP/1.1',
      '{"watch":"stats","interval":0}',
      '{"watch":"tap","format":"xml"}',
    ]) {
      const socket = connect(job.address);
      socket.end(`${line}\n`);
      let answer = '';
      for await (const chunk of socket) answer += chunk;
      expect(answer).toContain('another version of sluice');
    }
    expect([job.snapshots, job.point.taps]).toEqual([0, 0]);
  });

  test('takes over the address that a killed process has left', async () => {
    const job = await new TappedJob('views').listen();
    const next = await new TappedJob('views', job.home).listen();
    for await (const reply of next.ask({ watch: 'stats', interval: 1000 })) {
      expect(reply).toMatchObject({ snapshot: { job: 'views' } });
      break;
    }
    expect(next.snapshots).toBe(1);
  });

  test('stays reachable when a process that it was taken from closes its own', async () => {
    const paused = await new TappedJob('views').listen();
    const heir = await new TappedJob('views', paused.home).listen();
    paused.server.close('failed');
    await systemClock.sleep(50);
    expect((await runningJobs(heir.home, systemClock)).running).toHaveLength(1);
    expect(heir.snapshots).toBe(1);
    heir.server.close('finished');
    expect(existsSync(heir.address)).toBe(false);
  });

  test('hangs up on who asks nothing', async () => {
    const clock = new TickingClock();
    const job = await new TappedJob('views', stateFolder(), clock).listen();
    const socket = connect(job.address);
    await vi.waitFor(() => expect(clock.periods).toHaveLength(1));
    clock.tick();
    await once(socket, 'close');
    await vi.waitFor(() => expect(clock.periods).toEqual([]));
  });

  test('has no place for more than 64, and says so; the list goes on without it', async () => {
    const job = await new TappedJob('views').listen();
    const quiet = await new TappedJob('quiet', job.home).listen();
    const sockets = Array.from({ length: 64 }, () => connect(job.address));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const refused = listenTo(job, tap);
    await vi.waitFor(() =>
      expect(refused).toMatchObject([{ error: '64 others watch this job, as many as may' }]),
    );
    const { running, silent } = await runningJobs(quiet.home, systemClock);
    expect([running.length, silent]).toEqual([1, ['views']]);
  });
});

describe('stats', () => {
  test('come at once and then in their interval, until the job says what became of it', async () => {
    const job = await new TappedJob('views').listen();
    const heard = listenTo(job, { watch: 'stats', interval: 100 });
    await vi.waitFor(() => expect(heard.length).toBeGreaterThan(2));
    job.server.close('drained');
    await vi.waitFor(() => expect(heard.at(-1)).toEqual({ end: 'drained' }));
    expect(heard.at(-2)).toMatchObject({ snapshot: { job: 'views', read: 1_234_567 } });
  });

  test('cost nothing any more when the watcher is gone', async () => {
    const clock = new TickingClock();
    const job = await new TappedJob('views', stateFolder(), clock).listen();
    const gone = new AbortController();
    for await (const _ of job.ask({ watch: 'stats', interval: 100 }, gone.signal)) {
      expect(clock.periods).toEqual([100]);
      gone.abort();
    }
    await vi.waitFor(() => expect(clock.periods).toEqual([]));
  });
});

describe('a tap', () => {
  test('shows the events of the node, as they come', async () => {
    const job = await new TappedJob('views').listen();
    const heard = listenTo(job, { ...tap, node: 'views' });
    await vi.waitFor(() => expect(job.point.taps).toBe(1));
    job.emit({ a: 1 }, { a: 2 });
    await vi.waitFor(() => expect(texts(heard)).toBe('{"a":1}\n{"a":2}\n'));
    job.emit({ a: 3 });
    await vi.waitFor(() => expect(texts(heard)).toBe('{"a":1}\n{"a":2}\n{"a":3}\n'));
  });

  test('shows what its condition holds for, and is not disturbed by what does not fit it', async () => {
    const job = await new TappedJob('views').listen();
    const heard = listenTo(job, { ...tap, where: 'a > 1', format: 'csv' });
    await vi.waitFor(() => expect(job.point.taps).toBe(1));
    job.emit({ a: 1 }, { a: { b: 1 } }, { a: 2 }, {});
    await vi.waitFor(() => expect(texts(heard)).toBe('a\n2\n'));
  });

  test('ends at its limit, and then sees no more', async () => {
    const job = await new TappedJob('views').listen();
    const heard = listenTo(job, { ...tap, limit: 2 });
    await vi.waitFor(() => expect(job.point.taps).toBe(1));
    job.emit({ a: 1 }, { a: 2 }, { a: 3 });
    await vi.waitFor(() => expect(heard.at(-1)).toEqual({ end: 'limit' }));
    expect(texts(heard)).toBe('{"a":1}\n{"a":2}\n');
    await vi.waitFor(() => expect(job.point.taps).toBe(0));
  });

  test('shows an event with separators at which readers of lines end one', async () => {
    const job = await new TappedJob('views').listen();
    const heard = listenTo(job, tap);
    await vi.waitFor(() => expect(job.point.taps).toBe(1));
    job.emit({ a: 'x\u2028y\u2029z' }, { a: 2 });
    await vi.waitFor(() => expect(texts(heard)).toBe('{"a":"x\u2028y\u2029z"}\n{"a":2}\n'));
  });

  test('spends no more than 2 ms of each 200 on its condition', async () => {
    class Slow extends TickingClock {
      #now = 0;
      // Each look takes 0.25 ms by this clock.
      override elapsed(): number {
        return (this.#now += 0.25);
      }
    }
    const clock = new Slow();
    const job = await new TappedJob('views', stateFolder(), clock).listen();
    const heard = listenTo(job, { ...tap, where: 'a >= 5' });
    await vi.waitFor(() => expect(job.point.taps).toBe(1));
    job.emit(...Array.from({ length: 100 }, (_, a) => ({ a })));
    clock.tick();
    await vi.waitFor(() =>
      expect(heard).toMatchObject([{ text: '{"a":5}\n{"a":6}\n{"a":7}\n', dropped: 92 }]),
    );
    job.emit({ a: 9 });
    clock.tick();
    await vi.waitFor(() => expect(heard.at(-1)).toMatchObject({ text: '{"a":9}\n', dropped: 0 }));
  });

  test('counts what comes faster than it shows', async () => {
    const job = await new TappedJob('views').listen();
    const heard = listenTo(job, tap);
    await vi.waitFor(() => expect(job.point.taps).toBe(1));
    job.emit(...Array.from({ length: 2500 }, (_, a) => ({ a })));
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    expect(texts(heard).split('\n')).toHaveLength(1001);
    expect(heard).toMatchObject([{ dropped: 1500 }]);
  });

  test('of a reader that does not read holds a bounded number of events, and counts the others', async () => {
    const clock = new TickingClock();
    const job = await new TappedJob('views', stateFolder(), clock).listen();
    const socket = connect(job.address);
    onTestFinished(() => void socket.destroy());
    socket.write(`${JSON.stringify(tap)}\n`);
    await vi.waitFor(() => expect(job.point.taps).toBe(1));
    for (let round = 0; round < 20; round++) {
      job.emit(...Array.from({ length: 1000 }, () => ({ text: 'x'.repeat(2000) })));
      clock.tick();
      await systemClock.yield();
    }
    job.server.close('finished');
    let read = '';
    for await (const chunk of socket.setEncoding('utf8')) read += chunk;
    const replies = read
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const shown = replies.reduce((sum, { text = '' }) => sum + text.split('\n').length - 1, 0);
    const dropped = replies.reduce((sum, { dropped = 0 }) => sum + dropped, 0);
    expect(shown).toBeLessThanOrEqual(4000);
    expect(shown + dropped).toBe(20_000);
  });

  test('says what is wrong with its condition or its node', async () => {
    const job = await new TappedJob('views').listen();
    const wrong = listenTo(job, { ...tap, where: 'a >' });
    await vi.waitFor(() =>
      expect(wrong).toMatchObject([{ error: expect.stringContaining('expected'), place: '1:4' }]),
    );
    const nowhere = listenTo(job, { ...tap, node: 'nowhere' });
    await vi.waitFor(() => expect(nowhere).toMatchObject([{ error: 'job views has no node "nowhere"' }]));
    expect(job.point.taps).toBe(0);
  });
});

describe('the running jobs', () => {
  test('are found by their names, with a node behind a dot, also where both hold dots', async () => {
    const job = await new TappedJob('views').listen();
    await new TappedJob('views.eu', job.home).listen();
    expect(jobAndNode(job.home, 'views')).toEqual({ job: 'views', node: undefined });
    expect(jobAndNode(job.home, 'views.counts.late')).toEqual({ job: 'views', node: 'counts.late' });
    expect(jobAndNode(job.home, 'views.eu.counts')).toEqual({ job: 'views.eu', node: 'counts' });
    expect(() => jobAndNode(job.home, 'vews')).toThrow('there is no job "vews"');
  });

  test('leave out those that ended', async () => {
    const job = await new TappedJob('views').listen();
    job.server.close('finished');
    expect(await runningJobs(job.home, systemClock)).toEqual({ running: [], silent: [], crashed: [] });
    expect(() => jobAndNode(job.home, 'views.x')).toThrow('job views is not running');
    await expect(ask(job.address, { watch: 'stats', interval: 1000 }).next()).rejects.toThrow(
      'nobody listens',
    );
  });
});
