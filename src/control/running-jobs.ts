import { existsSync, rmSync } from 'node:fs';
import type { StateDirectory } from '../checkpoint/home.ts';
import type { Clock, Millis } from '../clock.ts';
import { SpecError } from '../errors.ts';
import type { Snapshot } from '../metrics/snapshot.ts';
import { suggest } from '../spec/suggest.ts';
import { controlAddress } from './address.ts';
import { ask, NobodyListens } from './client.ts';

/** How long a job may take to answer before the list goes on without it. */
const PATIENCE: Millis = 2000;

export interface ListedJobs {
  readonly running: readonly { readonly pid: number; readonly snapshot: Snapshot }[];
  /** Running, but did not say how it is in time. */
  readonly silent: readonly string[];
  /** Killed, not ended: what they had left behind is gone now. */
  readonly crashed: readonly string[];
}

/** Every job that runs on this machine with this state directory. */
export async function runningJobs(home: StateDirectory, clock: Clock): Promise<ListedJobs> {
  const running: ListedJobs['running'][number][] = [];
  const silent: string[] = [];
  const crashed: string[] = [];
  await Promise.all(
    withSocket(home).map(async (job) => {
      const state = await look(controlAddress(home, job), clock);
      if (state === 'silent') silent.push(job);
      else if (state === 'crashed') crashed.push(job);
      else if (state !== 'ended') running.push(state);
    }),
  );
  running.sort((a, b) => (a.snapshot.job < b.snapshot.job ? -1 : 1));
  return { running, silent: silent.sort(), crashed: crashed.sort() };
}

type Look = ListedJobs['running'][number] | 'silent' | 'crashed' | 'ended';

async function look(address: string, clock: Clock): Promise<Look> {
  const enough = new AbortController();
  void clock.sleep(PATIENCE, enough.signal).then(() => enough.abort());
  try {
    for await (const reply of ask(address, { watch: 'stats', interval: 86_400_000 }, enough.signal)) {
      if ('snapshot' in reply) return reply;
      if ('error' in reply) return 'silent';
    }
    return enough.signal.aborted ? 'silent' : 'ended';
  } catch (error) {
    if (!(error instanceof NobodyListens)) return 'silent';
    if (error.isLeftOver) rmSync(address, { force: true });
    return error.isLeftOver ? 'crashed' : 'ended';
  } finally {
    enough.abort();
  }
}

/** A job's name and, behind a dot, a node's: both may hold dots, so the longest name of a running job counts. */
export function jobAndNode(home: StateDirectory, text: string): { job: string; node: string | undefined } {
  const running = withSocket(home).filter((job) => text === job || text.startsWith(`${job}.`));
  const job = running.sort((a, b) => b.length - a.length)[0];
  if (job === undefined) throw notRunning(home, text);
  return { job, node: text === job ? undefined : text.slice(job.length + 1) };
}

/** What to say of a job at whose address nobody listens; what a killed one has left there goes. */
export function gone(home: StateDirectory, job: string, { isLeftOver }: NobodyListens): SpecError {
  if (!isLeftOver) return notRunning(home, job);
  rmSync(controlAddress(home, job), { force: true });
  return new SpecError(`job ${job} ended without a word`, { hint: `sluice recover ${job} goes on with it` });
}

function notRunning(home: StateDirectory, name: string): SpecError {
  const job = home.jobs().find((known) => known === name || name.startsWith(`${known}.`));
  if (job !== undefined) {
    return new SpecError(`job ${job} is not running`, {
      hint: `unless it is finished, sluice recover ${job} goes on with it`,
    });
  }
  const running = withSocket(home);
  return new SpecError(`there is no job "${name}"`, {
    hint: suggest(name, running) ?? (running.length === 0 ? 'no job runs now' : 'sluice stats lists them'),
  });
}

function withSocket(home: StateDirectory): string[] {
  return home.jobs().filter((job) => existsSync(controlAddress(home, job)));
}
