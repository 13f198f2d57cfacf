/**
 * The live view of a made-up job, on stderr, until a signal. The first Ctrl-C drains it until the second, which ends
 * it at once, as a job's would; Ctrl-\ ends it in order.
 * `DEMO=still` (the same snapshot for ever), `hostile` (so too, with odd names), one of `kinds` or, to look at, `moving`.
 */
import { type Clock, systemClock } from '../../src/clock.ts';
import { isInForeground } from '../../src/dashboard/foreground.ts';
import { takesColors } from '../../src/dashboard/palette.ts';
import { startDashboard } from '../../src/dashboard/start.ts';
import type { JobStatus, Snapshot } from '../../src/metrics/snapshot.ts';
import { hostile, kinds, moving, NOW, runningJob } from './snapshots.ts';

const kind = process.env.DEMO ?? 'moving';
const startedAt = systemClock.elapsed();
let status: JobStatus = 'running';

function read(): Snapshot {
  if (kind in kinds) return kinds[kind as keyof typeof kinds];
  if (kind === 'moving') return moving(systemClock.elapsed() - startedAt, status);
  const job = runningJob({ status });
  return kind === 'hostile' ? hostile(job) : job;
}

const clock: Clock = { ...systemClock, now: () => NOW };
const colors = takesColors(process.stderr, process.env);
const keyboard = {
  input: process.stdin,
  keys: {
    pause: () => {
      status = status === 'paused' ? 'running' : 'paused';
    },
    quit: () => {
      status = 'draining';
    },
    quitting: 'drain and quit',
  },
};
const dashboard = startDashboard({
  read,
  stream: process.stderr,
  clock,
  colors,
  keyboard,
  isInForeground,
});
dashboard.notice('kafka: connected to 127.0.0.1:9092');

const ended = new AbortController();
process.on('SIGQUIT', () => ended.abort());
process.on('SIGINT', () => {
  if (status === 'draining') {
    dashboard.leave();
    process.stderr.write('stopped at once\n');
    process.exit(130);
  }
  status = 'draining';
});
await systemClock.sleep(3_600_000, ended.signal);
await dashboard.stop();
process.stderr.write('the summary\n');
