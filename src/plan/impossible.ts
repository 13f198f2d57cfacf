import { isDeepStrictEqual } from 'node:util';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';
import type { JobSpec, Options } from '../spec/job.ts';
import type { Difference } from './difference.ts';
import { definitionOf } from './plan.ts';

/** How many keys of state each node holds; nodes without any are left out. */
export type Keys = Readonly<Record<string, number>>;

export interface Jobs {
  readonly before: JobSpec;
  readonly after: JobSpec;
  /** What the checkpoint of the job before holds. */
  readonly keys: Keys;
}

/** Why a checkpoint means nothing to the job with this difference; null if it can be gone on from. */
export function whyImpossible({ path, after }: Difference, jobs: Jobs): string | null {
  const [section, name = '', option] = path;
  const isGone = option === undefined && after === undefined;
  switch (section) {
    case 'name':
      return 'a job keeps its name';
    case 'checkpoint':
      return 'the job would not find its checkpoints';
    case 'sources':
      return isGone ? `how far ${name} was read would be forgotten` : ofSource(name, option, jobs);
    case 'operators':
      return ofOperator(name, option, jobs);
    case 'sinks':
      return ofSink(name, option, jobs);
    default:
      return null;
  }
}

function ofSource(name: string, option: string | undefined, { before, after }: Jobs): string | null {
  const source = before.sources.find((each) => each.name === name);
  const now = after.sources.find((each) => each.name === name);
  if (source === undefined || now === undefined || option === undefined) return null;
  const { positionsIn } = definitionOf(sources, source.type);
  const isSame = isDeepStrictEqual(
    positionsIn?.(source.options as never),
    positionsIn?.(withOption(source.options, option, now.options) as never),
  );
  if (option !== 'type' && isSame) return null;
  return `the positions in the checkpoint are of what ${name} read`;
}

/** Options of an operator that its state does not depend on. */
const besideState = new Set(['on_error', 'on_late', 'having']);

function ofOperator(name: string, option: string | undefined, { before, after, keys }: Jobs): string | null {
  const held = keys[name] ?? 0;
  if (held === 0) return null;
  const holds = `${name} holds ${held} ${held === 1 ? 'key' : 'keys'} of state`;
  if (option === undefined) return `${holds}, which would be lost`;
  const inputs = ({ operators }: JobSpec) => operators.find((each) => each.name === name)?.from.length;
  if (besideState.has(option) || (option === 'from' && inputs(before) === inputs(after))) return null;
  return `${holds}, made by the job as it was`;
}

function ofSink(name: string, option: string | undefined, { before, after }: Jobs): string | null {
  const sink = before.sinks.find((each) => each.name === name);
  const now = after.sinks.find((each) => each.name === name);
  if (sink === undefined || now === undefined || option === undefined) return null;
  const { mode, target } = definitionOf(sinks, sink.type);
  const hasProgress = ['file', 'staged'].includes(mode(sink.options as never));
  const isSame =
    option !== 'type' &&
    target(sink.options as never) === target(withOption(sink.options, option, now.options) as never);
  if (!hasProgress || isSame) return null;
  return `the checkpoint says how far ${name} was written; give the other one a name of its own`;
}

/** The options with one of them as it is in `others`. */
function withOption(options: Options, option: string, others: Options): Options {
  return option in options || option in others ? { ...options, [option]: others[option] } : options;
}
