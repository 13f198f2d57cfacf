import { splitList } from '../../component/options.ts';
import { SpecError } from '../../errors.ts';
import { isMap, type JobDocument } from '../document.ts';
import type { JobCommand, JobFlag } from './flag.ts';
import type { FlagJob } from './flag-job.ts';
import { outermostFieldsIn } from './outermost-fields.ts';

const commands: readonly JobCommand[] = ['join'];
const node = 'join';

/** What `--type` says, in a jobfile's words. */
const types: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  inner: { join_type: 'inner' },
  left: { join_type: 'left' },
  right: { join_type: 'right' },
  full: { join_type: 'full' },
  'as-of': { as_of: true },
  'left-as-of': { as_of: true, join_type: 'left' },
};

/** How the sources are joined, in the order in which they are given, and what of them is kept. */
export const joinFlags: readonly JobFlag[] = [
  {
    name: 'on',
    commands,
    value: 'EXPR',
    summary: "which rows belong together: 'orders.user_id = users.id'",
    lay: (job, [value]) => lay(job, 'on', 'on', value),
  },
  {
    name: 'key',
    commands,
    value: 'FIELDS',
    repeatable: true,
    summary: 'fields that are equal in all sources, where --on is left out',
    lay: (job, values) => lay(job, 'key', 'key', values.flatMap(splitList)),
  },
  {
    name: 'window',
    commands,
    value: 'DURATION',
    summary: 'rows meet when their times are at most this far apart',
    lay: (job, [value]) => lay(job, 'window', 'window', value),
  },
  {
    name: 'tumbling',
    commands,
    value: 'DURATION',
    summary: 'rows meet when both fall in the same window of this length',
    lay: (job, [value]) => lay(job, 'tumbling', 'tumbling', value),
  },
  {
    name: 'type',
    commands,
    value: 'TYPE',
    choices: Object.keys(types),
    summary: 'which rows come out alone; as-of: each meets the newest at or before it (inner)',
    lay: (job, [value = '']) => {
      for (const [option, meaning] of Object.entries(types[value] ?? {})) lay(job, option, 'type', meaning);
    },
  },
  {
    name: 'ttl',
    commands,
    value: 'DURATION',
    summary: 'how old the row may be that as-of finds',
    lay: (job, [value]) => lay(job, 'ttl', 'ttl', value),
  },
  {
    name: 'select',
    commands,
    value: 'FIELDS',
    repeatable: true,
    summary: "the fields of a result: 'orders.id, users.name AS user'; else one field for each source",
    lay: (job, values) => lay(job, 'select', 'select', values.flatMap(splitList)),
  },
];

/** Throws SpecError for a join that lacks what no default could be for: all of it at once. */
export function requireJoin(document: JobDocument): void {
  const sources = document.get(['sources']);
  const given = document.get(['operators', node]);
  const options = isMap(given) ? given : {};
  const needs = [
    {
      isMet: !isMap(sources) || Object.keys(sources).length > 1,
      what: 'a second --from',
      example: '--from orders=orders.jsonl --from users=users.jsonl',
    },
    {
      isMet: options.on !== undefined || options.key !== undefined,
      what: '--on',
      example: "--on 'orders.user_id = users.id'",
    },
    {
      isMet: ['window', 'tumbling', 'as_of'].some((way) => options[way] !== undefined),
      what: 'one of --window, --tumbling and --type as-of',
      example: '--window 5m',
    },
  ];
  const missing = needs.filter(({ isMet }) => !isMet);
  if (missing.length === 0) return;
  throw new SpecError(
    `${missing.map(({ what }) => what).join('; ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
    {
      place: 'sluice join',
      hint: `for example ${missing.map(({ example }) => example).join(' ')}`,
    },
  );
}

/**
 * Where `--where` names fields with their inputs, it is about what comes out of the join, as SQL's is; laid when the job
 * is complete. Throws SpecError if it names others beside.
 */
export function filterJoined(job: FlagJob, condition: string): void {
  const sources = job.names('sources');
  const outermost = outermostFieldsIn(condition);
  if (!outermost.some((name) => sources.includes(name))) return;
  const unnamed = outermost.find((name) => !sources.includes(name));
  if (unnamed !== undefined)
    job.fail('where', `"${unnamed}" is no input of the join`, `name its input: ${sources[0]}.${unnamed}`);
  const paths = sources.map((source) => ['sources', source, 'where']);
  for (const path of paths) if (job.document.get(path) === condition) job.set(path, undefined, 'where');
  // The inputs are told apart only before fields are selected.
  const selected = job.document.get(['operators', node, 'select']);
  lay(job, 'select', 'select', undefined);
  const behind = `${node}_where`;
  job.set(['operators', behind], { type: 'transform', steps: [{}] }, 'where');
  job.set(['operators', behind, 'steps', 0, 'filter'], condition, 'where');
  if (selected !== undefined) job.set(['operators', behind, 'steps', 1], { select: selected }, 'select');
}

function lay(job: FlagJob, option: string, flag: string, value: unknown): void {
  if (job.names('operators').length === 0) {
    job.set(['operators', node], { type: 'join', from: job.names('sources') }, flag);
  }
  job.set(['operators', node, option], value, flag);
}
