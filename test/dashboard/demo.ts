/**
 * Shows the live view of a made-up job until a signal, which drains it for two seconds; a second one ends it. For
 * the tests in a pseudo-terminal, and to look at: `DEMO_RATE` events a second, `DEMO_HOSTILE=1` for odd names.
 */
import { systemClock } from '../../src/clock.ts';
import { takesColors } from '../../src/dashboard/palette.ts';
import { startDashboard } from '../../src/dashboard/start.ts';
import type { JobStatus, Snapshot } from '../../src/metrics/snapshot.ts';
import { hostile } from './hostile.ts';
import { runningJob } from './snapshots.ts';

const clock = systemClock;
const startedAt = clock.elapsed();
const rate = Number(process.env.DEMO_RATE ?? 100_000);
let status: JobStatus = 'starting';

function read(): Snapshot {
  const uptimeMs = clock.elapsed() - startedAt;
  const swing = Math.sin(uptimeMs / 5000);
  const total = rate * 120;
  const done = Math.min(total, Math.round((rate * uptimeMs) / 1000));
  if (status === 'starting' && uptimeMs > 1000) status = 'running';
  const now = clock.now();
  const job = runningJob({
    status,
    uptimeMs,
    read: done,
    written: Math.round(done * 0.9),
    filtered: Math.round(done * 0.1),
    throughputPerSecond: rate * (1 + 0.1 * swing),
    recentLatency: { p50: 4 + swing, p95: 14 + 6 * swing, p99: 36 + 9 * swing },
    queueDepth: Math.round(5000 + 4800 * swing),
    checkpoint: {
      count: Math.floor(uptimeMs / 2000),
      lastAt: now - (uptimeMs % 2000),
      lastDurationMs: 31,
      lastBytes: 8e5,
    },
    errors: runningJob().errors.map((error, index) => ({
      ...error,
      at: now - (index + 1) * 1000 - (uptimeMs % 9000),
    })),
    progress: { done, total, unit: 'events' },
  });
  return process.env.DEMO_HOSTILE ? hostile(job) : job;
}

const dashboard = startDashboard({
  read,
  stream: process.stderr,
  clock,
  colors: takesColors(process.stderr, process.env),
});
dashboard.notice('kafka: connected to 127.0.0.1:9092');

const ended = Promise.withResolvers<void>();
const drain = async () => {
  if (status === 'draining') ended.resolve();
  status = 'draining';
  await clock.sleep(2000);
  ended.resolve();
};
process.on('SIGINT', drain);
const awake = setInterval(() => undefined, 60_000);
await ended.promise;
clearInterval(awake);
await dashboard.stop();
process.stderr.write(
  `ended: user ${process.cpuUsage().user / 1000} ms of ${clock.elapsed() - startedAt} ms\n`,
);
