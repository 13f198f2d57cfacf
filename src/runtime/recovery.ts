import { isDeepStrictEqual } from 'node:util';
import { placeOf, type StoreLocation } from '../checkpoint/home.ts';
import { type Checkpoint, type CheckpointStore, STATE_LAYOUT } from '../checkpoint/store.ts';
import { IncompatibleError, messageOf, SpecError } from '../errors.ts';
import { type Change, changesBetween } from '../plan/changes.ts';
import type { Plan } from '../plan/model.ts';
import { specHash } from '../spec/hash.ts';
import type { JobSpec } from '../spec/job.ts';
import { jobFromSpec } from '../spec/load.ts';
import { anyOf } from '../spec/suggest.ts';

/** The flag is of the commands that start a job. */
const AFRESH = 'start the job afresh: its own command with --restart';

export interface RecoveryOptions {
  /** The number of the checkpoint to go on from; the newest readable one, if left out. */
  readonly at?: number | undefined;
  /** Go on with a job that was changed, where its checkpoint still means something to it. */
  readonly allowChanges?: boolean;
  /** Go back behind rows that were delivered for good, and deliver them again. */
  readonly allowDuplicates?: boolean;
}

interface Recovering {
  /** The job as it is now, with secrets as references, and its plan. */
  readonly spec: JobSpec;
  readonly plan: Plan;
  readonly store: CheckpointStore;
  readonly notice: (line: string) => void;
}

/** The checkpoint that a job goes on from. Throws SpecError if there is none, IncompatibleError if it does not fit. */
export async function checkpointToResume(
  { spec, plan, store, notice }: Recovering,
  { at, allowChanges = false, allowDuplicates = false }: RecoveryOptions,
): Promise<Checkpoint> {
  const checkpoint =
    at === undefined ? await newestCheckpoint(store, spec.name) : await numbered(store, spec.name, at);
  refuseOtherLayout(checkpoint);
  refuseChanges(checkpoint, spec, allowChanges);
  if (at !== undefined && !allowDuplicates) await refuseRewind(store, plan, at);
  if (at !== undefined) notice(`job ${spec.name} goes on from checkpoint ${at}`);
  return checkpoint;
}

/** The newest readable checkpoint. Throws SpecError if there is none, IncompatibleError if all are damaged. */
export async function newestCheckpoint(store: CheckpointStore, job: string): Promise<Checkpoint> {
  const checkpoint = await store.latest(job);
  if (checkpoint !== undefined) return checkpoint;
  const damaged = (await store.list(job)).map(({ number }) => number);
  if (damaged.length > 0) {
    throw new IncompatibleError(
      `no checkpoint of job ${job} can be read: ${damaged.join(', ')} are damaged`,
      {
        hint: AFRESH,
      },
    );
  }
  throw new SpecError(`job ${job} has no checkpoint to recover from`, {
    hint: 'nothing was read yet: start it again',
  });
}

async function numbered(store: CheckpointStore, job: string, at: number): Promise<Checkpoint> {
  const kept = (await store.list(job)).map(({ number }) => number);
  if (!kept.includes(at)) {
    throw new SpecError(`job ${job} keeps no checkpoint ${at}`, {
      place: '--at',
      hint: kept.length > 0 ? `it can be ${anyOf(kept.map(String))}` : 'there are none at all',
    });
  }
  try {
    return await store.load(job, at);
  } catch (error) {
    throw new IncompatibleError(messageOf(error), { place: '--at', hint: 'go on from another one' });
  }
}

/** What was delivered for good can't be taken back; what is read from stdout is gone in any case. */
async function refuseRewind(store: CheckpointStore, { spec, sinks }: Plan, at: number): Promise<void> {
  const [last] = await store.list(spec.name);
  if (last === undefined || last.number === at) return;
  const final = sinks.filter(
    ({ mode, spec: sink }) => mode === 'staged' || (mode === 'direct' && sink.type !== 'stdout'),
  );
  if (final.length === 0) return;
  const names = final.map((sink) => `${sink.spec.name} (${sink.spec.type})`).join(' and ');
  throw new SpecError(`${names} can't take back what was delivered after checkpoint ${at}`, {
    place: '--at',
    hint: 'deliver it again with --allow-duplicates',
  });
}

/** Where no keys are held there is nothing that could be read wrongly. */
function refuseOtherLayout({ number, layout, keys }: Checkpoint): void {
  if (layout === STATE_LAYOUT || Object.keys(keys).length === 0) return;
  throw new IncompatibleError(
    `checkpoint ${number} was saved by another version of sluice, whose state this one can't read`,
    { hint: `finish the job with that version, or ${AFRESH}` },
  );
}

function refuseChanges(checkpoint: Checkpoint, spec: JobSpec, allowed: boolean): void {
  if (checkpoint.specHash === specHash(spec)) return;
  // What was printed and read back has the defaults of today; the environment has no part in what was.
  const before = jobFromSpec(checkpoint.spec as JobSpec, {}, { environment: {} });
  const changes = changesBetween(before, spec, checkpoint.keys);
  const impossible = changes.filter(({ kind }) => kind === 'impossible');
  if (impossible.length > 0) {
    throw new IncompatibleError(
      `checkpoint ${checkpoint.number} does not fit job ${spec.name} as it is now`,
      {
        hint: `undo these changes, or ${AFRESH}`,
        excerpt: described(impossible),
      },
    );
  }
  const deliberate = changes.filter(({ kind }) => kind === 'deliberate');
  if (deliberate.length > 0 && !allowed) {
    throw new IncompatibleError(`job ${spec.name} has changed since checkpoint ${checkpoint.number}`, {
      hint: 'go on with it as it is now with --allow-changes',
      excerpt: described(deliberate),
    });
  }
}

function described(changes: readonly Change[]): string {
  return changes
    .map(({ path, before, after, reason }) => {
      const why = reason === null ? '' : `; ${reason}`;
      return `  ${path}: ${before} → ${after}${why}`;
    })
    .join('\n');
}

/** The checkpoints of a job move only if its sinks do: then those that it had would be lost to it. */
export function refuseMove(job: string, known: StoreLocation | undefined, now: StoreLocation): void {
  if (known === undefined || isDeepStrictEqual(known, now)) return;
  throw new IncompatibleError(
    `the checkpoints of job ${job} are in ${placeOf(known)}, and would be in ${placeOf(now)} as it is now`,
    { hint: `undo what was changed, or ${AFRESH}` },
  );
}
