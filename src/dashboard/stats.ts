import type { StateDirectory } from '../checkpoint/home.ts';
import { type Millis, systemClock } from '../clock.ts';
import { controlAddress } from '../control/address.ts';
import { ask, NobodyListens } from '../control/client.ts';
import { gone, type ListedJobs, runningJobs } from '../control/running-jobs.ts';
import type { JobStatus, Snapshot } from '../metrics/snapshot.ts';
import type { Dashboard } from './dashboard.ts';
import { compact, duration, exact, latency, rate } from './format.ts';
import { Leaving } from './leaving.ts';
import { type Choice, show } from './show.ts';
import { recoverCommand } from './summary.ts';
import { statsJson } from './summary-json.ts';
import { table } from './table.ts';
import { displayable } from './text.ts';

const VIEW_PERIOD: Millis = 500;

export interface StatsOptions {
  readonly home: StateDirectory;
  readonly json: boolean;
  readonly interval: Millis;
  readonly dashboard: Choice;
}

/** Prints every job that runs here. Resolves with the exit code. */
export async function listRunning({ home, json }: Pick<StatsOptions, 'home' | 'json'>): Promise<number> {
  const jobs = await runningJobs(home, systemClock);
  for (const job of jobs.crashed) process.stderr.write(`${crashed(job)}\n`);
  for (const job of jobs.silent) process.stderr.write(`job ${job} does not answer: it is stopped or busy\n`);
  const lines = jobs.running.map(({ pid, snapshot }) => `${statsJson(snapshot, pid)}\n`).join('');
  process.stdout.write(json ? lines : jobTable(jobs));
  return 0;
}

function jobTable({ running }: ListedJobs): string {
  if (running.length === 0) return 'no job runs here now\n';
  return table(
    ['job', 'status', 'pid', 'up', 'read', 'events/s', 'p95', 'queue', 'errors', 'guarantee'],
    running.map(({ pid, snapshot }) => [
      displayable(snapshot.job),
      snapshot.status,
      String(pid),
      duration(snapshot.uptimeMs),
      exact(snapshot.read),
      rate(snapshot.throughputPerSecond),
      latency(snapshot.recentLatency.p95),
      compact(snapshot.queueDepth),
      compact(snapshot.deadLetters + snapshot.skipped),
      snapshot.guarantee,
    ]),
  );
}

/** Shows a running job until it ends or Ctrl-C. Resolves with the exit code. */
export async function watchStats(job: string, options: StatsOptions): Promise<number> {
  const leaving = new Leaving();
  const watcher = options.json ? new JsonLines() : new LiveView(options.dashboard, leaving);
  const interval = options.json ? options.interval : VIEW_PERIOD;
  let end: JobStatus | undefined;
  try {
    const replies = ask(controlAddress(options.home, job), { watch: 'stats', interval }, leaving.signal);
    for await (const reply of replies) {
      if ('snapshot' in reply) watcher.show(reply.snapshot, reply.pid);
      if ('end' in reply && reply.end !== 'limit') end = reply.end;
    }
  } catch (error) {
    if (error instanceof NobodyListens) throw gone(options.home, job, error);
    throw error;
  } finally {
    await watcher.stop();
    leaving.stop();
  }
  if (leaving.signal.aborted) return 0;
  process.stderr.write(`${end === undefined ? crashed(job) : `job ${displayable(job)} ${end}`}\n`);
  return end === undefined || end === 'failed' ? 1 : 0;
}

/** What to say of a job whose process was killed. */
export function crashed(job: string): string {
  return `job ${displayable(job)} ended without a word; go on with ${recoverCommand(job)}`;
}

class JsonLines {
  show(snapshot: Snapshot, pid: number): void {
    process.stdout.write(`${statsJson(snapshot, pid)}\n`);
  }

  async stop(): Promise<void> {}
}

class LiveView {
  readonly #choice: Choice;
  readonly #leaving: Leaving;
  #view: Dashboard | undefined;
  #newest: Snapshot | undefined;

  constructor(choice: Choice, leaving: Leaving) {
    this.#choice = choice;
    this.#leaving = leaving;
  }

  show(snapshot: Snapshot): void {
    this.#newest = snapshot;
    this.#view ??= show({
      read: () => this.#newest ?? snapshot,
      clock: systemClock,
      choice: this.#choice,
      keys: { quit: () => this.#leaving.leave(), quitting: 'quit; the job goes on' },
      greeting: `watching job ${displayable(snapshot.job)}; Ctrl-C leaves it running`,
    });
  }

  async stop(): Promise<void> {
    await this.#view?.stop();
  }
}
