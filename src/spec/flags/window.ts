import { splitList } from '../../component/options.ts';
import { SpecError } from '../../errors.ts';
import { isMap, type JobDocument } from '../document.ts';
import type { JobCommand, JobFlag } from './flag.ts';
import type { FlagJob } from './flag-job.ts';
import { pairsOf } from './pairs.ts';

const commands: readonly JobCommand[] = ['window'];
const node = 'window';

/** The window, its key and what is computed. */
export const windowFlags: readonly JobFlag[] = [
  windowOption({
    name: 'tumbling',
    value: 'DURATION',
    summary: 'windows of this length, one after the other',
  }),
  windowOption({
    name: 'sliding',
    value: 'DURATION',
    summary: 'windows of this length, one beginning --every so often',
  }),
  windowOption({ name: 'every', value: 'DURATION', summary: 'how far apart sliding windows begin' }),
  windowOption({
    name: 'session',
    value: 'DURATION',
    summary: 'windows that end when a key has been quiet for longer than this',
  }),
  {
    name: 'key',
    commands,
    value: 'EXPRS',
    repeatable: true,
    summary: 'the fields or expressions that events are grouped by: user_id, "lower(page) AS page"',
    lay: (job, values) => lay(job, 'key', 'key', values.flatMap(splitList)),
  },
  {
    name: 'agg',
    commands,
    value: 'NAME=EXPR',
    repeatable: true,
    summary: "a field of the result: total='sum(value)'",
    lay: (job, texts) => lay(job, 'aggregations', 'agg', pairsOf(job, 'agg', texts, "total='sum(value)'")),
  },
  windowOption({ name: 'having', value: 'EXPR', summary: 'only results for which this holds' }),
  windowOption({
    name: 'allowed-lateness',
    value: 'DURATION',
    summary: 'how long after its end a window still takes events, and fires again (0s)',
  }),
  windowOption({
    name: 'early',
    value: 'DURATION',
    summary: 'fire changed windows this often before their ends, by the clock',
  }),
];

const kinds = ['tumbling', 'sliding', 'session'];

/** Throws SpecError for a window that lacks what no default could be for. */
export function requireWindow(document: JobDocument): void {
  const given = document.get(['operators', node]);
  const options = isMap(given) ? given : {};
  const place = 'sluice window';
  if (!kinds.some((kind) => options[kind] !== undefined)) {
    throw new SpecError('--tumbling, --sliding or --session is missing', {
      place,
      hint: 'for example --tumbling 5m',
    });
  }
  if (options.sliding !== undefined && options.every === undefined) {
    throw new SpecError('--every is missing', { place, hint: 'how far apart windows begin: --every 5m' });
  }
  if (options.aggregations === undefined) {
    throw new SpecError('--agg is missing', { place, hint: "for example --agg 'events=count(*)'" });
  }
}

function windowOption(flag: Omit<JobFlag, 'commands' | 'lay'>): JobFlag {
  const option = flag.name.replaceAll('-', '_');
  return { ...flag, commands, lay: (job, [value]) => lay(job, option, flag.name, value) };
}

function lay(job: FlagJob, option: string, flag: string, value: unknown): void {
  if (job.names('operators').length === 0) job.set(['operators', node], { type: 'window' }, flag);
  job.set(['operators', node, option], value, flag);
}
