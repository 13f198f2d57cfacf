import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { StateDirectory, StoreLocation } from '../checkpoint/home.ts';
import { lockJob } from '../checkpoint/lock.ts';
import { openSqliteStore } from '../checkpoint/sqlite.ts';
import type { Checkpoint, CheckpointStore } from '../checkpoint/store.ts';
import { type Clock, systemClock } from '../clock.ts';
import { messageOf, SpecError } from '../errors.ts';
import type { Snapshot } from '../metrics/snapshot.ts';
import type { Plan } from '../plan/model.ts';
import { planJob } from '../plan/plan.ts';
import type { JobSpec } from '../spec/job.ts';
import { resolveSecrets } from '../spec/secrets.ts';
import { sanitize } from '../terminal.ts';
import { assemble } from './assemble.ts';
import type { EngineEnd } from './engine.ts';
import { Monitor } from './monitor.ts';

/**
 * start: afresh where the job is new or finished, refused where there is something to recover · restart: afresh ·
 * recover: from the last checkpoint.
 */
export type StartMode = 'start' | 'restart' | 'recover';

export interface RunOptions {
  readonly home: StateDirectory;
  readonly clock: Clock;
  readonly mode: StartMode;
  /** Take the job from a live process. */
  readonly takeover: boolean;
  /** One line for a person, already sanitized. */
  readonly notice: (line: string) => void;
  /** Called once, before the first event, with the handles of the running job. */
  readonly started?: (job: RunningJob) => void;
}

export interface RunningJob {
  readonly name: string;
  snapshot(): Snapshot;
  /** Stops reading; what was read is written, and a checkpoint saved. */
  drain(): void;
}

export interface Outcome {
  readonly end: EngineEnd | 'failed';
  readonly error: unknown;
  readonly snapshot: Snapshot;
  /** Whether `sluice recover NAME` would go on from here. */
  readonly recoverable: boolean;
}

/** Runs a job to its end in this process. Throws SpecError and UnreachableError before the first event is read. */
export async function runJob(spec: JobSpec, options: RunOptions): Promise<Outcome> {
  const { home } = options;
  const notice = (line: string) => options.notice(sanitize(line));
  const plan = planJob(resolveSecrets(spec));
  const lock = await lockJob(home.folderOf(spec.name));
  if (lock === undefined && !options.takeover) {
    throw new SpecError(`job ${spec.name} is running in another process`, {
      hint: 'stop that one, give this one another --name, or take the job over with --takeover',
    });
  }
  try {
    const location = storeLocation(plan, home);
    const store = await openStore(location, plan, { ...options, notice });
    try {
      const last = await resumePoint(store, plan, options);
      home.register(spec.name, location);
      return await runWith(spec, plan, store, last, options, notice);
    } finally {
      await store.close();
    }
  } finally {
    lock?.release();
  }
}

/** The last checkpoint of a job, wherever its store is; undefined if the job is unknown. */
export async function lastCheckpoint(
  job: string,
  home: StateDirectory,
  notice: (line: string) => void,
): Promise<Checkpoint | undefined> {
  const location = home.find(job);
  if (location === undefined) return undefined;
  const store = await openSqliteStore(location.file, {
    ...location,
    keep: Number.MAX_SAFE_INTEGER,
    clock: systemClock,
    notice,
  });
  try {
    return await store.latest(job);
  } finally {
    await store.close();
  }
}

async function runWith(
  spec: JobSpec,
  plan: Plan,
  store: CheckpointStore,
  last: Checkpoint | undefined,
  options: RunOptions,
  notice: (line: string) => void,
): Promise<Outcome> {
  const monitor = new Monitor(spec, options.clock);
  const lease = await store.acquire(spec.name);
  const job = await assemble({
    spec,
    plan,
    lease,
    last,
    specHash: hashOf(spec),
    clock: options.clock,
    monitor,
    notice,
  });
  try {
    await job.open();
    options.started?.({
      name: spec.name,
      snapshot: () => monitor.snapshot(),
      drain: () => job.engine.drain(),
    });
    const end = await job.engine.run();
    monitor.end(end === 'closed' ? 'finished' : end, null);
    return {
      end,
      error: undefined,
      snapshot: monitor.snapshot(),
      recoverable: end === 'drained' && !isPassing(plan),
    };
  } catch (error) {
    if (job.engine.checkpoints.count === 0) throw error;
    monitor.end('failed', sanitize(messageOf(error)));
    return { end: 'failed', error, snapshot: monitor.snapshot(), recoverable: !isPassing(plan) };
  } finally {
    monitor.end('failed', null);
    await job.close();
    await lease.release();
  }
}

/** Where to go on from; undefined for a fresh start. */
async function resumePoint(
  store: CheckpointStore,
  plan: Plan,
  { mode }: RunOptions,
): Promise<Checkpoint | undefined> {
  const { name } = plan.spec;
  const last = await store.latest(name);
  if (mode === 'recover') {
    if (last === undefined) throw new SpecError(`job ${name} has no checkpoint to recover from`);
    return last;
  }
  if (mode === 'start' && last !== undefined && last.status !== 'finished' && !isPassing(plan)) {
    throw new SpecError(`job ${name} has an unfinished run`, {
      hint: `go on with "sluice recover ${name}", or start afresh with --restart`,
    });
  }
  return undefined;
}

/**
 * A job that leaves nothing behind to go on with: no checkpoints, input that can't be read again, or output to a
 * terminal or pipe only. Starting it afresh loses nothing.
 */
function isPassing(plan: Plan): boolean {
  return (
    plan.spec.checkpoint === null ||
    plan.sources.every(({ definition }) => !definition.replayable) ||
    plan.sinks.every(({ spec }) => spec.type === 'stdout')
  );
}

function storeLocation(plan: Plan, home: StateDirectory): StoreLocation {
  const file =
    plan.joinedFile ??
    plan.spec.checkpoint?.store.path ??
    join(home.folderOf(plan.spec.name), 'checkpoints.db');
  return {
    type: 'sqlite',
    file,
    checkpoints: plan.spec.checkpoint?.table ?? 'sluice_checkpoints',
    letters: plan.spec.dead_letters.table,
    state: plan.spec.checkpoint?.state_table ?? 'sluice_state',
  };
}

function openStore(
  location: StoreLocation,
  plan: Plan,
  { clock, notice }: Pick<RunOptions, 'clock' | 'notice'>,
): Promise<CheckpointStore> {
  const keep = plan.spec.checkpoint?.keep ?? 1;
  return openSqliteStore(location.file, { ...location, keep, clock, notice });
}

/** Tells a changed job: everything but the job's tests. */
function hashOf(spec: JobSpec): string {
  return createHash('sha256')
    .update(JSON.stringify({ ...spec, tests: [] }))
    .digest('hex');
}
