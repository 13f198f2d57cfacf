import { connectionFromUri } from '../../clients/cassandra/options.ts';
import { splitList } from '../../component/options.ts';
import { filePathOf, parseUri } from '../../component/uri.ts';
import { SpecError } from '../../errors.ts';
import type { JobCommand, JobFlag } from './flag.ts';
import type { FlagJob } from './flag-job.ts';
import { outermostFieldsIn } from './outermost-fields.ts';
import { override, specSections } from './override.ts';
import { pairOf, pairsOf } from './pairs.ts';

const commands: readonly JobCommand[] = ['transform'];
const node = 'transform';
const lookupExample = 'user=sqlite:users.db?key=user_id#users';

/**
 * The steps of `transform`, done in this order: rows are looked up, fields are set, modules called, then fields selected
 * or dropped.
 */
export const transformFlags: readonly JobFlag[] = [
  {
    name: 'lookup',
    commands,
    value: 'FIELD=URI',
    repeatable: true,
    summary:
      'a field, and the table that its row comes from: user=cassandra://h/app.users?key=user_id, or sqlite:…, kafka:…, file:…',
    lay: (job, texts) => {
      const lookups = Object.entries(pairsOf(job, 'lookup', texts, lookupExample));
      for (const [into, uri] of lookups) addStep(job, 'lookup', { lookup: { into, ...lookupOf(job, uri) } });
      filterBehind(
        job,
        lookups.map(([into]) => into),
      );
    },
  },
  {
    name: 'set',
    commands,
    value: 'NAME=EXPR',
    repeatable: true,
    summary: `a field and the expression that gives its value; sources.…, sinks.… and the like name options of the job`,
    lay: (job, texts) => {
      for (const text of texts.filter((given) => !isOption(given))) {
        const [name, expression] = pairOf(job, 'set', text, "total='price * count'");
        addStep(job, 'set', { set: { [name]: expression } });
      }
    },
  },
  {
    name: 'module',
    commands,
    value: 'FILE',
    repeatable: true,
    summary: 'a module in JavaScript or TypeScript that exports transform(event) or transformBatch(events)',
    lay: (job, files) => {
      for (const file of files) addStep(job, 'module', { module: file });
    },
  },
  {
    name: 'select',
    commands,
    value: 'FIELDS',
    repeatable: true,
    summary: 'keep only these fields: a,b; an expression has a name: value * 2 AS double',
    lay: (job, values) => addStep(job, 'select', { select: values.flatMap(splitList) }),
  },
  {
    name: 'drop',
    commands,
    value: 'FIELDS',
    repeatable: true,
    summary: 'leave out these fields: a,b',
    lay: (job, values) => addStep(job, 'drop', { drop: values.flatMap(splitList) }),
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

/** What a lookup's URI says: where the table is, and in its query the options of the step. */
function lookupOf(job: FlagJob, text: string): Readonly<Record<string, unknown>> {
  return job.read('lookup', () => {
    const uri = parseUri(/^\w+:/.test(text) ? text : `file:${text}`, 'stdin');
    const { dc, tls, cache, ...query } = uri.query;
    const options = { ...query, ...(cache !== undefined && { cache: Number(cache) }) };
    switch (uri.scheme) {
      case 'cassandra':
        return { via: 'cassandra', ...connectionFromUri(uri), table: uri.path, ...options };
      case 'sqlite':
        return { via: 'sqlite', path: uri.path, table: uri.fragment, ...options };
      case 'kafka':
        return { via: 'kafka', brokers: uri.authority.split(','), topic: uri.path, ...options };
      case 'file':
        return { via: 'file', path: filePathOf(uri), ...options };
      default:
        throw new SpecError(`nothing can be looked up in ${uri.scheme}`, {
          hint: `for example --lookup '${lookupExample}'`,
        });
    }
  });
}

/** A `--where` that reads what is looked up has to wait for it; any other one spares the lookups of what it filters out. */
function filterBehind(job: FlagJob, looked: readonly string[]): void {
  const paths = job.names('sources').map((source) => ['sources', source, 'where']);
  const where = paths.map((path) => job.document.get(path)).find((given) => given !== undefined);
  if (typeof where !== 'string') return;
  const isLooked = (field: string) => looked.some((into) => firstOf(into) === field);
  if (!outermostFieldsIn(where).some(isLooked)) return;
  for (const path of paths) job.set(path, undefined, 'where');
  addStep(job, 'where', { filter: where });
}

function firstOf(field: string): string | undefined {
  return outermostFieldsIn(field)[0];
}

function addStep(job: FlagJob, flag: string, step: Readonly<Record<string, unknown>>): void {
  if (job.names('operators').length === 0)
    job.set(['operators', node], { type: 'transform', steps: [] }, flag);
  const steps = job.document.get(['operators', node, 'steps']);
  job.set(['operators', node, 'steps', Array.isArray(steps) ? steps.length : 0], step, flag);
}
