import type { Registry } from '../registry.ts';
import { settings } from '../settings.ts';
import { suggest } from '../suggest.ts';
import type { FlagJob } from './flag-job.ts';
import { yamlValue } from './text.ts';

/** The parts of a jobfile that have parts themselves: `--set sinks.table.ttl=1d`. */
export const specSections = [
  'sources',
  'operators',
  'sinks',
  'backpressure',
  'dead_letters',
  'checkpoint',
  'metrics',
] as const;

const options = [...specSections, ...Object.keys(settings.shape)];

/** Lays `path=value` over the job; the value is read as in a jobfile. */
export function override(job: FlagJob, text: string): void {
  const equals = text.indexOf('=');
  const path = text.slice(0, equals).split('.');
  if (equals < 1 || path.includes('')) {
    job.fail(
      'set',
      `${JSON.stringify(text)} is no path=value`,
      'for example --set sinks.sink.batch_size=500',
    );
  }
  const [section = '', node = ''] = path;
  if (!options.includes(section)) refuseUnknown(job, section);
  if (path.length > 2 && isNodes(section) && !job.names(section).includes(node)) {
    job.fail('set', `there is no ${section.slice(0, -1)} "${node}"`, suggest(node, job.names(section)));
  }
  refuseParts(job, path);
  job.set(path, yamlValue(text.slice(equals + 1)), `set ${path.join('.')}`);
}

/** Perhaps it was meant as a field: `transform` sets those. */
function refuseUnknown(job: FlagJob, option: string): never {
  const near = suggest(option, options);
  const field = 'for a field of the events: sluice transform --set NAME=EXPR';
  job.fail('set', `the job has no option "${option}"`, near?.startsWith('did') ? near : field);
}

/** A list has parts by number, a text none; the short spellings of a checkpoint may be replaced by the long one. */
function refuseParts(job: FlagJob, path: readonly string[]): void {
  const outer = job.document.get(path.slice(0, -1));
  const part = path.at(-1) ?? '';
  const fits = Array.isArray(outer) ? /^\d+$/.test(part) && Number(part) <= outer.length : true;
  const isShort = path[0] === 'checkpoint' && (outer !== 'none' || part === 'store');
  if (fits && (typeof outer === 'object' || outer === undefined || isShort)) return;
  const name = path.slice(0, -1).join('.');
  job.fail('set', `"${name}" has no part "${part}"`, `give the whole value: --set ${name}=…`);
}

function isNodes(section: string): section is keyof Registry {
  return section === 'sources' || section === 'operators' || section === 'sinks';
}
