import type { JobSpec } from '../spec/job.ts';
import { type Difference, differences, type Path } from './difference.ts';
import { type Keys, whyImpossible } from './impossible.ts';
import { isSection, jobTree, printValue, type TypesOfNodes, typesOf } from './job-tree.ts';

/** One option in which a job is not what it was when its checkpoint was saved. */
export interface Change {
  /** As in `--set`: `sinks.table.ttl`. */
  readonly path: string;
  /** For a person. */
  readonly before: string;
  readonly after: string;
  /**
   * harmless: it says how fast, how long or how visibly the job runs, not what it does · deliberate: what the
   * checkpoint holds stays true, but what is written from now on differs · impossible: the checkpoint does not fit.
   */
  readonly kind: 'harmless' | 'deliberate' | 'impossible';
  /** Why it is impossible. */
  readonly reason: string | null;
}

/** What has changed from the job of a checkpoint, which holds so many `keys` of state, to the job as it is now. */
export function changesBetween(before: JobSpec, after: JobSpec, keys: Keys): readonly Change[] {
  const types = new Map([...typesOf(before), ...typesOf(after)]);
  return differences(jobTree(before), jobTree(after)).map((difference) => {
    const reason = isHarmless(difference.path) ? null : whyImpossible(difference, { before, after, keys });
    return { ...printed(difference, types), kind: kindOf(difference.path, reason), reason };
  });
}

function kindOf(path: Path, reason: string | null): Change['kind'] {
  if (reason !== null) return 'impossible';
  return isHarmless(path) ? 'harmless' : 'deliberate';
}

function printed({ path, before, after }: Difference, types: TypesOfNodes) {
  return {
    path: path.join('.'),
    before: printValue(before, path, types),
    after: printValue(after, path, types),
  };
}

const harmlessSettings = new Set([
  'batch_size',
  'flush_interval',
  'max_concurrency',
  'sink_timeout',
  'metrics',
  'max_errors',
  'limit',
  'exit_at_end',
  'coordination',
  'backpressure.threshold',
  'dead_letters.max_retries',
  'dead_letters.retry_delay',
  'checkpoint.interval',
  'checkpoint.keep',
]);
const harmlessOfNodes = new Set(['batch_size', 'flush_interval', 'idle_timeout']);

function isHarmless(path: Path): boolean {
  const [section = '', second = '', option = ''] = path;
  if (isSection(section)) return harmlessOfNodes.has(option);
  return harmlessSettings.has(section) || harmlessSettings.has(`${section}.${second}`);
}
