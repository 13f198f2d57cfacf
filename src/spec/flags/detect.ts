import { splitList } from '../../component/options.ts';
import { SpecError } from '../../errors.ts';
import { type Detector, detectorNames, detectors } from '../../operators/detect/detectors.ts';
import { parseNamed } from '../../operators/detect/pattern/grammar.ts';
import { isMap, type JobDocument } from '../document.ts';
import type { JobCommand, JobFlag } from './flag.ts';
import type { FlagJob } from './flag-job.ts';

const commands: readonly JobCommand[] = ['detect'];
const node = 'detect';

/** What is looked for, by which key, and what it is compared with. */
export const detectFlags: readonly JobFlag[] = [
  {
    name: 'pattern',
    commands,
    value: 'PATTERN',
    repeatable: true,
    summary: `"COUNT(*) > 10 IN 30s WHERE action = 'click'", or name=PATTERN`,
    lay: (job, texts) => {
      const named = texts.map(parseNamed);
      const [only] = named;
      if (named.length === 1 && only!.name === only!.condition.trim())
        lay(job, 'pattern', 'pattern', only!.condition);
      else lay(job, 'patterns', 'pattern', named);
    },
  },
  ...detectorNames.map(
    (name): JobFlag => ({
      name,
      commands,
      value: 'FIELD',
      summary: detectors[name].summary,
      lay: (job, [field]) => lay(job, name, name, field),
    }),
  ),
  detectOption({ name: 'missing', value: 'DURATION', summary: 'keys that are quiet for so long' }),
  detectOption({
    name: 'window',
    value: 'DURATION',
    summary: 'how much of the past a value is compared with',
  }),
  detectOption({
    name: 'last',
    value: 'N',
    summary: `the same as a number of values ${usual(({ last }) => last?.usual)}`,
  }),
  detectOption({
    name: 'threshold',
    value: 'SCORE',
    summary: `the score beyond which a value is strange ${usual(({ threshold }) => threshold)}`,
  }),
  detectOption({
    name: 'min-samples',
    value: 'N',
    summary: `values before the first that can be strange ${usual(({ minSamples }) => minSamples)}`,
  }),
  detectOption({ name: 'cooldown', value: 'DURATION', summary: 'no other alert for a key for so long' }),
  {
    name: 'scores',
    commands,
    summary: 'every value and its score, from 0 to 1, instead of alerts',
    lay: (job) => lay(job, 'scores', 'scores', true),
  },
  {
    name: 'key',
    commands,
    value: 'EXPRS',
    repeatable: true,
    summary: 'the fields or expressions that events are kept apart by: user_id',
    lay: (job, values) => lay(job, 'key', 'key', values.flatMap(splitList)),
  },
];

/** What each detector takes if nothing is said: `(zscore, ewma 3, mad 3.5)`. */
function usual(figureOf: (detector: Detector) => number | undefined): string {
  const names = new Map<number, string[]>();
  for (const name of detectorNames) {
    const figure = figureOf(detectors[name]);
    if (figure !== undefined) names.set(figure, [...(names.get(figure) ?? []), name]);
  }
  return `(${[...names].map(([figure, those]) => `${those.join(', ')} ${figure}`).join('; ')})`;
}

/** Throws SpecError where nothing is looked for. */
export function requireDetector(document: JobDocument): void {
  const given = document.get(['operators', node]);
  const options = isMap(given) ? given : {};
  const kinds = ['pattern', 'patterns', 'missing', ...detectorNames];
  if (kinds.some((kind) => options[kind] !== undefined)) return;
  const flags = ['pattern', ...detectorNames, 'missing'].map((name) => `--${name}`);
  throw new SpecError('nothing is looked for', {
    place: 'sluice detect',
    hint: `add one of ${flags.join(', ')}`,
  });
}

function detectOption(flag: Omit<JobFlag, 'commands' | 'lay'>): JobFlag {
  const option = flag.name.replaceAll('-', '_');
  return { ...flag, commands, lay: (job, [value = '']) => lay(job, option, flag.name, numberOr(value)) };
}

function numberOr(text: string): number | string {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function lay(job: FlagJob, option: string, flag: string, value: unknown): void {
  if (job.names('operators').length === 0) job.set(['operators', node], { type: 'detect' }, flag);
  job.set(['operators', node, option], value, flag);
}
