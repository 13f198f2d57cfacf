import { commonFlags, endpointFlags, overrideFlag, runFlags } from './common.ts';
import { detectFlags } from './detect.ts';
import type { JobCommand, JobFlag } from './flag.ts';
import { ingestFlags } from './ingest.ts';
import { joinFlags } from './join.ts';
import { transformFlags } from './transform.ts';
import { windowFlags } from './window.ts';

/** The flags of a command, in the order in which they are laid over its job. */
export function flagsOf(command: JobCommand): readonly JobFlag[] {
  const own = [
    ...endpointFlags,
    ...transformFlags,
    ...windowFlags,
    ...joinFlags,
    ...detectFlags,
    ...commonFlags,
    ...ingestFlags,
    ...runFlags,
  ];
  const flags = own.filter((flag) => flag.commands === undefined || flag.commands.includes(command));
  return flags.some((flag) => flag.name === overrideFlag.name) ? flags : [...flags, overrideFlag];
}
