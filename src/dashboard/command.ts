import { StateDirectory } from '../checkpoint/home.ts';
import type { FlagValues } from '../spec/flags/flag.ts';
import type { JobSpec } from '../spec/job.ts';
import { printJob } from '../spec/print.ts';
import { type AttendOptions, attend } from './attend.ts';

/** The state directory: `SLUICE_HOME`, else where the platform keeps such data. */
export function stateDirectory(dataDirectory: string): StateDirectory {
  return new StateDirectory(process.env.SLUICE_HOME || dataDirectory);
}

/** What every job command does with its job: print it, or run it. Resolves with the exit code. */
export async function startJob(spec: JobSpec, flags: FlagValues, dataDirectory: string): Promise<number> {
  return execute(spec, flags, stateDirectory(dataDirectory), flags.restart === true ? 'restart' : 'start');
}

/** Goes on with a job from its last checkpoint. */
export async function recoverJob(spec: JobSpec, flags: FlagValues, home: StateDirectory): Promise<number> {
  return execute(spec, flags, home, 'recover');
}

async function execute(
  spec: JobSpec,
  flags: FlagValues,
  home: StateDirectory,
  mode: AttendOptions['mode'],
): Promise<number> {
  if (flags['print-job'] === true) {
    process.stdout.write(printJob(spec));
    return 0;
  }
  return attend(spec, {
    home,
    mode,
    takeover: flags.takeover === true,
    dashboard: (flags.dashboard as AttendOptions['dashboard'] | undefined) ?? 'auto',
    json: flags.json === true,
  });
}
