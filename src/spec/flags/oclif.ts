import { Flags, type Interfaces } from '@oclif/core';
import { commonFlags, overrideFlag } from './common.ts';
import type { JobCommand, JobFlag } from './flag.ts';
import { flagsOf } from './table.ts';

type OclifFlag = Interfaces.FlagInput[string];

/** The flags of a job command, for oclif. */
export function jobFlags(command: JobCommand): Interfaces.FlagInput {
  return Object.fromEntries(flagsOf(command).map((flag) => [flag.name, oclifFlag(flag)]));
}

/** `--set` alone, for commands that look at a job. */
export const overrideFlags: Interfaces.FlagInput = { [overrideFlag.name]: oclifFlag(overrideFlag) };

/** What all job commands have stands apart in their help, which then needs no more than the manifest. */
function oclifFlag(flag: JobFlag): OclifFlag {
  const { value, choices, repeatable } = flag;
  const group = commonFlags.includes(flag) ? { helpGroup: 'COMMON' } : {};
  const shown = choices === undefined ? flag.summary : `${flag.summary} [${choices.join('|')}]`;
  const summary = { summary: shown, ...group };
  if (value === undefined) return Flags.boolean(summary);
  const options = choices === undefined ? {} : { options: [...choices] };
  if (!repeatable) return Flags.string({ ...summary, helpValue: value, ...options });
  return Flags.string({ ...summary, helpValue: value, multiple: true, multipleNonGreedy: true, ...options });
}
