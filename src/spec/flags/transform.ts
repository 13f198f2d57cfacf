import type { JobCommand, JobFlag } from './flag.ts';
import type { FlagJob } from './flag-job.ts';
import { override, specSections } from './override.ts';
import { pairsOf } from './pairs.ts';

const commands: readonly JobCommand[] = ['transform'];
const node = 'transform';

/** The steps of `transform`, done in this order: fields are set, then selected or dropped. */
export const transformFlags: readonly JobFlag[] = [
  {
    name: 'set',
    commands,
    value: 'NAME=EXPR',
    repeatable: true,
    summary: `a field and the expression that gives its value; sources.…, sinks.… and the like name options of the job`,
    lay: (job, texts) => {
      const fields = texts.filter((text) => !isOption(text));
      for (const [name, expression] of Object.entries(pairsOf(job, 'set', fields, "total='price * count'"))) {
        addStep(job, 'set', { set: { [name]: expression } });
      }
    },
  },
  {
    name: 'select',
    commands,
    value: 'FIELDS',
    repeatable: true,
    summary: 'keep only these fields: a,b',
    lay: (job, values) => addStep(job, 'select', { select: fieldsOf(values) }),
  },
  {
    name: 'drop',
    commands,
    value: 'FIELDS',
    repeatable: true,
    summary: 'leave out these fields: a,b',
    lay: (job, values) => addStep(job, 'drop', { drop: fieldsOf(values) }),
  },
];

/** The half of `--set` that is about the job and not about a field; laid when the job is complete. */
export function overrideFromTransform(job: FlagJob, texts: readonly string[]): void {
  for (const text of texts.filter(isOption)) override(job, text);
}

/** A path that begins with a part of the jobfile names an option, anything else a field. */
function isOption(text: string): boolean {
  return specSections.some((section) => text.startsWith(`${section}.`));
}

function addStep(job: FlagJob, flag: string, step: Readonly<Record<string, unknown>>): void {
  if (job.names('operators').length === 0)
    job.set(['operators', node], { type: 'transform', steps: [] }, flag);
  const steps = job.document.get(['operators', node, 'steps']);
  job.set(['operators', node, 'steps', Array.isArray(steps) ? steps.length : 0], step, flag);
}

function fieldsOf(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(',')).map((field) => field.trim());
}
