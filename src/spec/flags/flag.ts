import type { FlagJob } from './flag-job.ts';

/** The commands that make a job from flags, and those that lay flags over a job that is there. */
export type JobCommand = 'ingest' | 'transform' | 'window' | 'detect' | 'join' | 'run' | 'recover';

/** The flags of one command line, as oclif parsed them. */
export type FlagValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** One flag of the command line, and what it means for the job. */
export interface JobFlag {
  /** Without the dashes. */
  readonly name: string;
  readonly char?: string;
  /** One line, lower case, no full stop. */
  readonly summary: string;
  /** What stands for the value in help (`URI`, `N`); a flag without one is on or off. */
  readonly value?: string;
  /** The only values there are. */
  readonly choices?: readonly string[];
  readonly repeatable?: boolean;
  /** The commands that have it; every job command, if left out. */
  readonly commands?: readonly JobCommand[];
  /** Lays the values over the job; left out for a flag that says how to run, not what. */
  lay?(job: FlagJob, values: readonly string[]): void;
}

/** A flag that is one option of the job. */
export function jobOption(flag: Omit<JobFlag, 'lay'>, ...path: readonly string[]): JobFlag {
  return { ...flag, lay: (job, [value = '']) => job.set(path, typed(value), flag.name) };
}

/** A flag that is an option of every source or sink; at least one of them must have it. */
export function endpointOption(
  flag: Omit<JobFlag, 'lay'>,
  section: 'sources' | 'sinks',
  option: string,
): JobFlag {
  return {
    ...flag,
    lay: (job, values) =>
      job.setOption(section, option, flag.repeatable ? values : (values[0] ?? ''), flag.name),
  };
}

/** Numbers and truth values are what they say; all else is text. */
function typed(value: string): unknown {
  if (/^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  return value === 'true' || value === 'false' ? value === 'true' : value;
}
