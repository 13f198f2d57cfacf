import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { systemClock } from '../../src/clock.ts';
import { collect, type Finished, type Workplace } from './sluice.ts';

/**
 * Pauses a job once it has written something, has another process take it over and end it, and wakes the first one.
 * Gives what the woken process said.
 */
export async function takenOver(
  place: Workplace,
  name: string,
  args: readonly string[],
  hasWritten: () => boolean | Promise<boolean>,
): Promise<Finished> {
  const paused = place.start(...args, '--name', name);
  const finished = collect(paused);
  while (!(await hasWritten())) {
    if (paused.exitCode !== null) throw new Error((await finished).stderr);
    await systemClock.sleep(20);
  }
  for (let attempt = 1; ; attempt++) {
    await stop(paused);
    const second = await place.run(['recover', name, '--takeover']);
    if (second.code === 0) break;
    // It was stopped in the middle of a transaction, and holds SQLite's lock: nobody can take over then.
    if (!/another process has been writing|database is locked/.test(second.stderr))
      throw new Error(second.stderr);
    paused.kill('SIGCONT');
    // Stopped again at once, it would never come to the end of its transaction; left alone for long, to its own end.
    await systemClock.sleep(5 * attempt);
  }
  paused.kill('SIGCONT');
  return finished;
}

/** Resolves when the process stands still, or has ended. */
export async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGSTOP');
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  while (isRunning() && !/\) [TZ] /.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8')))
    await systemClock.sleep(10);
}
