import { existsSync } from 'node:fs';
import type { StateDirectory, StoreLocation } from '../checkpoint/home.ts';
import type { Checkpoint } from '../checkpoint/store.ts';
import { systemClock } from '../clock.ts';
import { isArchive } from '../dead-letters/open-archive.ts';
import { SpecError } from '../errors.ts';
import { planJob } from '../plan/plan.ts';
import type { FlagValues } from '../spec/flags/flag.ts';
import type { JobSpec } from '../spec/job.ts';
import { jobFromFile, jobFromSpec } from '../spec/load.ts';
import { resolveSecrets } from '../spec/secrets.ts';
import { suggest } from '../spec/suggest.ts';
import { mayExist, storeLocation, withStore } from './checkpoints.ts';
import { locationOf, onlyJob, withArchive } from './letter-home.ts';
import { newestCheckpoint } from './recovery.ts';

/** A job, and where its checkpoints are, whether or not there are any that can be read. */
export interface JobPlace {
  readonly name: string;
  readonly location: StoreLocation;
}

/** A job that ran before. */
export interface KnownJob extends JobPlace {
  /** As it is to go on; secrets are still references. */
  readonly spec: JobSpec;
  /** Its newest readable checkpoint. */
  readonly last: Checkpoint;
}

/** Where the checkpoints are of the job of that name, of that jobfile, or at that URI. Throws SpecError if there is none. */
export async function findPlace(nameOrFile: string, home: StateDirectory): Promise<JobPlace> {
  const location = home.find(nameOrFile);
  if (location === undefined && isFile(nameOrFile)) return placeOfSpec(jobFromFile(nameOrFile), home);
  const elsewhere = locationOf(nameOrFile);
  if (elsewhere !== undefined && mayExist(elsewhere)) {
    const name = await withStore(elsewhere, quietly, (store) => onlyJob(nameOrFile, store));
    return { name, location: elsewhere };
  }
  if (location === undefined) throw unknownJob(nameOrFile, home, false);
  return { name: nameOrFile, location };
}

/**
 * The job of that name, or of that jobfile, with flags laid over it. Throws SpecError if there is none, or if it has
 * not run yet.
 */
export async function findJob(
  nameOrFile: string,
  flags: FlagValues,
  home: StateDirectory,
): Promise<KnownJob> {
  if (home.find(nameOrFile) === undefined && isFile(nameOrFile)) return jobOfFile(nameOrFile, flags, home);
  const elsewhere = locationOf(nameOrFile);
  if (elsewhere !== undefined) return jobAt(nameOrFile, elsewhere, flags, home);
  const location = home.find(nameOrFile);
  const last = location && (await lastCheckpoint(nameOrFile, location));
  if (location === undefined || last === undefined)
    throw unknownJob(nameOrFile, home, location !== undefined);
  return { name: nameOrFile, spec: sameJob(nameOrFile, last, flags), last, location };
}

/** Dead letters that are to be replayed, and the job that they are of. */
export interface JobWithLetters {
  readonly job: KnownJob;
  /** All that the job has, if undefined. */
  readonly ids?: readonly string[];
}

/** The job of that name or jobfile, or the one whose letters are at that URI. Throws SpecError. */
export async function findLetters(nameOrUri: string, home: StateDirectory): Promise<JobWithLetters> {
  if (home.find(nameOrUri) !== undefined || !isArchive(nameOrUri))
    return { job: await findJob(nameOrUri, {}, home) };
  const found = await withArchive(nameOrUri, async ({ job, letters }) => {
    const ids: string[] = [];
    for await (const { id } of letters.list({})) ids.push(id);
    return { name: job, ids };
  });
  const isHere = home.find(found.name) !== undefined || locationOf(nameOrUri) === undefined;
  return { job: await findJob(isHere ? found.name : nameOrUri, {}, home), ids: found.ids };
}

/** The job of a checkpoint with flags laid over it. */
function sameJob(name: string, last: Checkpoint, flags: FlagValues): JobSpec {
  const spec = jobFromSpec(last.spec as JobSpec, flags);
  if (spec.name === name) return spec;
  throw new SpecError(`job ${name} keeps its name`, {
    place: '--name',
    hint: 'only a job that starts afresh can have another',
  });
}

/** The job whose checkpoints are there, whatever its name. */
async function jobAt(
  uri: string,
  location: StoreLocation,
  flags: FlagValues,
  home: StateDirectory,
): Promise<KnownJob> {
  if (!mayExist(location)) throw unknownJob(uri, home, false);
  return withStore(location, quietly, async (store) => {
    const name = await onlyJob(uri, store);
    const last = await newestCheckpoint(store, name);
    return { name, spec: sameJob(name, last, flags), last, location };
  });
}

async function jobOfFile(file: string, flags: FlagValues, home: StateDirectory): Promise<KnownJob> {
  const spec = jobFromFile(file, flags);
  const { location } = placeOfSpec(spec, home);
  const last = await lastCheckpoint(spec.name, location);
  if (last !== undefined) return { name: spec.name, spec, last, location };
  throw new SpecError(`job ${spec.name} has not run yet`, {
    place: file,
    hint: `start it with "sluice run ${file}"`,
  });
}

function placeOfSpec(spec: JobSpec, home: StateDirectory): JobPlace {
  const location = home.find(spec.name) ?? storeLocation(planJob(resolveSecrets(spec)), home);
  return { name: spec.name, location };
}

/** A checkpoint that is passed over is told of when the job goes on. */
const quietly = { clock: systemClock, notice: () => {} };

/** Undefined if there is none. */
async function lastCheckpoint(job: string, location: StoreLocation): Promise<Checkpoint | undefined> {
  if (!mayExist(location)) return undefined;
  return withStore(location, quietly, async (store) => {
    const isEmpty = (await store.list(job)).length === 0;
    return isEmpty ? undefined : newestCheckpoint(store, job);
  });
}

function isFile(nameOrFile: string): boolean {
  return nameOrFile === '-' || /[/\\]|\.ya?ml$/.test(nameOrFile) || existsSync(nameOrFile);
}

export function noCheckpoints(job: string): SpecError {
  return new SpecError(`job ${job} has no checkpoint to recover from`, { hint: 'start it again' });
}

function unknownJob(name: string, home: StateDirectory, isKnown: boolean): SpecError {
  if (isKnown) return noCheckpoints(name);
  if (home.isDamaged(name)) {
    throw new SpecError(`the entry that says where the checkpoints of job ${name} are is damaged`, {
      hint: 'recover it by its jobfile, or by the URI of its checkpoints',
    });
  }
  const jobs = home.jobs();
  return new SpecError(`there is no job "${name}"`, {
    hint: suggest(name, jobs) ?? (jobs.length > 0 ? `there are ${jobs.join(', ')}` : 'no job ran here yet'),
  });
}
