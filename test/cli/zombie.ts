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
  for (;;) {
    await stop(paused);
    const second = await place.run(['recover', name, '--takeover']);
    if (second.code === 0) break;
    // It was stopped in the middle of a transaction, and holds SQLite's lock: nobody can take over then.
    if (!second.stderr.includes('another process has been writing')) throw new Error(second.stderr);
    paused.kill('SIGCONT');
  }
  paused.kill('SIGCONT');
  return finished;
}

export async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGSTOP');
  while (!/\) T /.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8'))) await systemClock.sleep(10);
}
