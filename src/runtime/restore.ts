import type { Checkpoint, Lease, StagedChunk, StatePart } from '../checkpoint/store.ts';
import { IncompatibleError } from '../errors.ts';
import type { NodeCounters } from '../metrics/counters.ts';
import { isReplaySink } from '../spec/hash.ts';
import type { StateLoading } from './assembly.ts';
import type { Graph } from './graph.ts';
import type { StagedOutlet } from './staged-outlet.ts';

interface Restored {
  readonly graph: Graph;
  readonly staged: readonly StagedOutlet[];
  readonly counters: Iterable<NodeCounters>;
}

/** Puts back what a checkpoint holds of a job's parts, before they are opened. Throws IncompatibleError. */
export async function restoreParts(
  { graph, staged, counters }: Restored,
  last: Checkpoint,
  lease: Lease,
  loading: (progress: StateLoading) => void,
): Promise<void> {
  for (const each of counters) {
    const totals = last.counters[each.name];
    if (totals !== undefined) each.restore(totals);
  }
  if (last.staged !== undefined) restoreStaged(staged, last.number, await lease.loadStaged(last.number));
  await graph.restore(counted(lease.loadState(last.number), last, loading));
}

async function* counted(
  parts: AsyncIterable<StatePart>,
  last: Checkpoint,
  loading: (progress: StateLoading) => void,
): AsyncIterable<StatePart> {
  const keys = Object.values(last.keys).reduce((sum, held) => sum + held, 0);
  let entries = 0;
  for await (const part of parts) {
    yield part;
    entries += part.keys.length;
    loading({ entries, keys });
  }
}

/** Throws IncompatibleError if the job, as it is now, has no way to deliver what the checkpoint holds. */
function restoreStaged(
  outlets: readonly StagedOutlet[],
  number: number,
  chunks: readonly StagedChunk[],
): void {
  const stranded = chunks.find(({ sink }) => !outlets.some(({ counters }) => counters.name === sink));
  if (stranded !== undefined) {
    const hint = isReplaySink(stranded.sink)
      ? 'a replay was stopped in its middle: run it again, with the same --to'
      : 'recover the job as it was first, and change it after';
    throw new IncompatibleError(
      `checkpoint ${number} holds rows for ${stranded.sink} that may not have been delivered yet`,
      { hint },
    );
  }
  for (const outlet of outlets) outlet.restore(chunks);
}
