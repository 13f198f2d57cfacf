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
  paused.kill('SIGSTOP');
  while (!/\) T /.test(readFileSync(`/proc/${paused.pid}/stat`, 'utf8'))) await systemClock.sleep(10);
  const second = await place.run(['recover', name, '--takeover']);
  if (second.code !== 0) throw new Error(second.stderr);
  paused.kill('SIGCONT');
  return finished;
}
