import type { StateDirectory } from '../checkpoint/home.ts';
import { SpecError } from '../errors.ts';
import type { JobSpec } from '../spec/job.ts';
import { suggest } from '../spec/suggest.ts';
import { lastCheckpoint } from './job.ts';

export interface KnownJob {
  /** As it was started; secrets are still references. */
  readonly spec: JobSpec;
  /** Its input is done: there is nothing to go on with. */
  readonly isFinished: boolean;
}

/** A job that ran before, by its name. Throws SpecError if there is none. */
export async function findJob(
  name: string,
  home: StateDirectory,
  notice: (line: string) => void,
): Promise<KnownJob> {
  const last = await lastCheckpoint(name, home, notice);
  if (last === undefined) {
    const jobs = home.jobs();
    throw new SpecError(`there is no job "${name}" to recover`, {
      hint: suggest(name, jobs) ?? (jobs.length > 0 ? `there are ${jobs.join(', ')}` : 'no job ran here yet'),
    });
  }
  return { spec: last.spec as JobSpec, isFinished: last.status === 'finished' };
}
