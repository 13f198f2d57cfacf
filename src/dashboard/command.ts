import { StateDirectory } from '../checkpoint/home.ts';
import { SpecError } from '../errors.ts';
import type { FlagValues } from '../spec/flags/flag.ts';
import type { JobSpec } from '../spec/job.ts';
import { printJob } from '../spec/print.ts';
import { sanitize } from '../terminal.ts';
import { type AttendOptions, attend } from './attend.ts';

/** The state directory: `SLUICE_HOME`, else where the platform keeps such data. */
export function stateDirectory(dataDirectory: string): StateDirectory {
  return new StateDirectory(process.env.SLUICE_HOME || dataDirectory);
}

/** For a person, on stderr. */
export function printNotice(line: string): void {
  process.stderr.write(`${sanitize(line)}\n`);
}

/** What every job command does with its job: print it, or run it. Resolves with the exit code. */
export async function startJob(spec: JobSpec, flags: FlagValues, dataDirectory: string): Promise<number> {
  return execute(spec, flags, stateDirectory(dataDirectory), flags.restart === true ? 'restart' : 'start');
}

/** Goes on with a job from its last checkpoint. */
export async function recoverJob(spec: JobSpec, flags: FlagValues, home: StateDirectory): Promise<number> {
  return execute(spec, flags, home, 'recover', {
    at: wholeNumber('at', flags.at),
    allowChanges: flags['allow-changes'] === true,
    allowDuplicates: flags['allow-duplicates'] === true,
  });
}

function wholeNumber(flag: string, value: FlagValues[string]): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(String(value))) return Number(value);
  throw new SpecError('must be the number of a checkpoint', {
    place: `--${flag}`,
    hint: 'sluice recover --list NAME shows them',
  });
}

async function execute(
  spec: JobSpec,
  flags: FlagValues,
  home: StateDirectory,
  mode: AttendOptions['mode'],
  recovery: AttendOptions['recovery'] = {},
): Promise<number> {
  if (flags['print-job'] === true) {
    process.stdout.write(printJob(spec));
    return 0;
  }
  return attend(spec, {
    home,
    mode,
    recovery,
    takeover: flags.takeover === true,
    dashboard: (flags.dashboard as AttendOptions['dashboard'] | undefined) ?? 'auto',
    json: flags.json === true,
  });
}
