import { describe, expect, onTestFinished, test } from 'vitest';
import { UnreachableError } from '../../src/errors.ts';
import { serveMetrics } from '../../src/metrics/server.ts';
import type { Snapshot } from '../../src/metrics/snapshot.ts';
import { runningJob } from '../dashboard/snapshots.ts';
import { freePort } from '../free-port.ts';

async function serve(read: () => Snapshot, path = '/stream-metrics') {
  const port = await freePort();
  const stop = await serveMetrics({ host: '127.0.0.1', port, path }, read);
  onTestFinished(stop);
  return {
    port,
    stop,
    get: (at: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${at}`, init),
  };
}

describe('the metrics server', () => {
  test('takes a snapshot for each scrape, and none before', async () => {
    let taken = 0;
    const { get } = await serve(() => runningJob({ maxQueueDepth: ++taken }));
    expect(taken).toBe(0);
    const response = await get('/stream-metrics');
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toContain('# TYPE sluice_events_read_total counter\n');
    await get('/stream-metrics?x=1');
    expect(taken).toBe(2);
  });

  test('serves them at another path if told, and nothing elsewhere', async () => {
    const { get } = await serve(() => runningJob(), '/m');
    expect((await get('/m')).status).toBe(200);
    const missing = await get('/stream-metrics');
    expect([missing.status, await missing.text()]).toEqual([404, 'the figures are at /m\n']);
    expect((await get('/m', { method: 'POST' })).status).toBe(405);
  });

  test('calls a job that waits for its server healthy, and one that failed not', async () => {
    let snapshot = runningJob({ status: 'waiting', detail: 'table: no host answers' });
    const { get } = await serve(() => snapshot);
    const waiting = await get('/healthz');
    expect([waiting.status, await waiting.text()]).toEqual([200, 'waiting: table: no host answers\n']);
    snapshot = runningJob({ status: 'failed' });
    expect((await get('/healthz')).status).toBe(503);
  });

  test('refuses a port that is taken', async () => {
    const { port } = await serve(() => runningJob());
    const second = serveMetrics({ host: '127.0.0.1', port, path: '/' }, () => runningJob());
    await expect(second).rejects.toThrow(UnreachableError);
    await expect(second).rejects.toThrow('the port is taken');
  });

  test('is heard on its own address only', async () => {
    const { port } = await serve(() => runningJob());
    await expect(fetch(`http://127.0.0.2:${port}/healthz`)).rejects.toThrow();
  });

  test('is gone at once when the job is', async () => {
    const { get, stop } = await serve(() => runningJob());
    await (await get('/healthz')).text();
    stop();
    await expect(get('/healthz')).rejects.toThrow();
  });
});
