import { isDeepStrictEqual } from 'node:util';
import type { Letters } from '../checkpoint/dead-letter.ts';
import type { StateDirectory, StoreLocation } from '../checkpoint/home.ts';
import { lockJob, lockLater } from '../checkpoint/lock.ts';
import { type Checkpoint, type CheckpointStore, isDone, type Lease } from '../checkpoint/store.ts';
import type { Clock } from '../clock.ts';
import { messageOf, SpecError, TakenOverError, UnreachableError } from '../errors.ts';
import { serveMetrics } from '../metrics/server.ts';
import type { Snapshot } from '../metrics/snapshot.ts';
import type { Plan } from '../plan/model.ts';
import { planJob } from '../plan/plan.ts';
import { weakestPromise } from '../plan/promise.ts';
import { specHash } from '../spec/hash.ts';
import type { JobSpec, SinkSpec } from '../spec/job.ts';
import { resolveSecrets } from '../spec/secrets.ts';
import { sanitize } from '../terminal.ts';
import { assemble } from './assemble.ts';
import type { Assembly, ReplayOrder, StateLoading } from './assembly.ts';
import { openStore, storeLocation } from './checkpoints.ts';
import type { EngineEnd } from './engine.ts';
import { selected } from './letter-selection.ts';
import { Monitor } from './monitor.ts';
import type { LetterFates, OngoingReplay } from './ongoing-replay.ts';
import { checkpointToResume, type RecoveryOptions, refuseMove } from './recovery.ts';
import { type ReplayRequest, refuseLive } from './replay-request.ts';
import { type Look, type Tapping, Taps } from './tap.ts';

/**
 * start: afresh where the job is new or finished, refused where there is something to recover · restart: afresh ·
 * recover: from the last checkpoint · replay: dead letters, behind the last checkpoint.
 */
export type StartMode = 'start' | 'restart' | 'recover' | 'replay';

export interface RunOptions {
  readonly home: StateDirectory;
  readonly clock: Clock;
  readonly mode: StartMode;
  /** Of mode `recover`: from which checkpoint, and what may be different; the newest and nothing, if left out. */
  readonly recovery?: RecoveryOptions;
  /** Of mode `replay`. */
  readonly replay?: ReplayRequest | undefined;
  /** Take the job from a live process. */
  readonly takeover: boolean;
  /** One line for a person, already sanitized. */
  readonly notice: (line: string) => void;
  /** Called once, before the first event, with the handles of the running job. */
  readonly started?: (job: RunningJob) => void;
  /** Told now and then while the state of a recovered job is loaded. */
  readonly loading?: (progress: StateLoading) => void;
  /** Puts something between the job and its parts; for tests of what happens when one of them fails. */
  readonly wrap?: {
    plan(plan: Plan): Plan;
    store(store: CheckpointStore): CheckpointStore;
  };
}

export interface RunningJob {
  readonly name: string;
  snapshot(): Snapshot;
  /** See `Taps`. */
  tap(node: string | undefined, look: Look): Tapping;
  /** Stops reading until told otherwise. */
  pause(isPaused: boolean): void;
  /** Stops reading; what was read is written, and a checkpoint saved. */
  drain(): void;
  /** Sends dead letters through the job, which goes on meanwhile, if it is the job that they are meant for. Throws SpecError. */
  replay(request: ReplayRequest, specHash: string): Promise<OngoingReplay>;
}

export interface Outcome {
  readonly end: EngineEnd | 'failed';
  readonly error: unknown;
  readonly snapshot: Snapshot;
  /** Whether `sluice recover NAME` would go on from here. */
  readonly recoverable: boolean;
  /** Of a replay: how many letters there were, and what became of them. */
  readonly replayed: (LetterFates & { readonly letters: number }) | null;
}

/** Runs a job to its end in this process. Throws SpecError and UnreachableError before the first event is read. */
export async function runJob(spec: JobSpec, options: RunOptions): Promise<Outcome> {
  const { home } = options;
  const notice = (line: string) => options.notice(sanitize(line));
  const { plan: wrapPlan = unchanged<Plan>, store: wrapStore = unchanged<CheckpointStore> } =
    options.wrap ?? {};
  const plan = wrapPlan(planJob(resolveSecrets(spec)));
  const { replay } = options;
  const folder = home.folderOf(spec.name);
  const free = await lockJob(folder);
  if (free === undefined && !options.takeover) {
    throw new SpecError(`job ${spec.name} is running in another process`, {
      hint: `stop that one, ${ofAnotherName(options.mode)}or take the job over with --takeover`,
    });
  }
  const lock = free ?? lockLater(folder, options.clock);
  try {
    const location = storeLocation(plan, home);
    if (options.mode === 'recover') refuseMove(spec.name, home.find(spec.name), location);
    const { keep = 1 } = plan.spec.checkpoint ?? {};
    const store = wrapStore(
      await openStore(location, { keep, timeout: spec.sink_timeout, clock: options.clock, notice }),
    );
    try {
      const begin = () => resumePoint(spec, plan, store, { ...options, notice });
      const { last, lease } = await acquire(store, spec.name, begin);
      home.register(spec.name, location);
      const kept = store.letters(spec.name);
      if (isFresh(options.mode)) await tellOfOlderLetters(kept, spec.name, notice);
      if (replay === undefined) return await runWith(spec, plan, { lease, last, kept }, options, notice);
      const letters = await selected(kept, replay.selection);
      const behind = replay.into === undefined ? plan : planOf(spec, replay.into, location);
      return await runWith(spec, behind, { lease, last, kept }, options, notice, { ...replay, letters });
    } finally {
      await store.close();
    }
  } finally {
    lock.release();
  }
}

function isFresh(mode: StartMode): boolean {
  return mode === 'start' || mode === 'restart';
}

/** A job that is gone on with keeps its name. */
function ofAnotherName(mode: StartMode): string {
  return isFresh(mode) ? 'give this one another --name, ' : '';
}

/** A run that reads the same records again would have them twice in its output if they were replayed too. */
async function tellOfOlderLetters(letters: Letters, job: string, notice: (line: string) => void) {
  for await (const _ of letters.list({ status: ['waiting', 'quarantined'] })) {
    notice(
      `job ${job} has dead letters of earlier runs; if this one reads those records again, sluice dlq purge ${job}`,
    );
    return;
  }
}

const unchanged = <Part>(part: Part): Part => part;

/** Takes the job. What it goes on from is looked up again if a process that was still alive has saved meanwhile. */
async function acquire(
  store: CheckpointStore,
  job: string,
  resume: () => Promise<Checkpoint | undefined>,
): Promise<{ last: Checkpoint | undefined; lease: Lease }> {
  const [newest] = await store.list(job);
  const last = await resume();
  const lease = await store.acquire(job);
  const [newer] = await store.list(job);
  return { lease, last: isDeepStrictEqual(newest, newer) ? last : await resume() };
}

async function runWith(
  spec: JobSpec,
  plan: Plan,
  { lease, last, kept }: Pick<Assembly, 'lease' | 'last' | 'kept'>,
  options: RunOptions,
  notice: (line: string) => void,
  replay?: ReplayOrder,
): Promise<Outcome> {
  const monitor = new Monitor(spec, weakestPromise(plan.sinks), options.clock);
  let stopMetrics = () => {};
  const job = await assemble({
    spec: replay === undefined ? spec : { ...spec, limit: null, max_errors: null },
    storedSpec: spec,
    replay,
    plan,
    lease,
    last,
    kept,
    specHash: specHash(spec),
    clock: options.clock,
    monitor,
    notice,
    loading: options.loading ?? (() => {}),
    allowsDuplicates: options.recovery?.allowDuplicates ?? false,
  });
  const replayedOf = () => (replay === undefined ? null : { letters: replay.letters.length, ...job.fates() });
  try {
    if (spec.metrics !== null) stopMetrics = await serveMetrics(spec.metrics, () => monitor.snapshot());
    await job.open();
    const taps = new Taps(job.graph, plan);
    options.started?.({
      name: spec.name,
      snapshot: () => monitor.snapshot(),
      tap: (node, look) => taps.attach(node, look),
      pause: (isPaused) => job.engine.pause(isPaused),
      drain: () => job.engine.drain(),
      async replay(request, hash) {
        refuseLive(spec, request, hash);
        return job.replay({ ...request, letters: await selected(kept, request.selection) });
      },
    });
    const end = await job.engine.run();
    monitor.end(end === 'closed' ? 'finished' : end, null);
    return {
      end,
      error: undefined,
      snapshot: monitor.snapshot(),
      recoverable: end === 'drained' && !isPassing(plan),
      replayed: replayedOf(),
    };
  } catch (error) {
    if (job.engine.checkpoints.count === 0) throw error;
    monitor.end('failed', sanitize(reasonOf(error)));
    const recoverable = !isPassing(plan) && !job.engine.isDone && !(error instanceof TakenOverError);
    return { end: 'failed', error, snapshot: monitor.snapshot(), recoverable, replayed: replayedOf() };
  } finally {
    monitor.end('failed', null);
    stopMetrics();
    await job.close();
    await lease.release();
  }
}

/** What went wrong, and the way out where there is one. */
function reasonOf(error: unknown): string {
  if (!(error instanceof SpecError || error instanceof UnreachableError)) return messageOf(error);
  const where = error instanceof SpecError && error.place !== undefined ? `${error.place}: ` : '';
  return `${where}${error.message}${error.hint === undefined ? '' : `; ${error.hint}`}`;
}

/** The plan of writing a job's letters to one sink; their checkpoints stay where the job's are. */
function planOf(spec: JobSpec, sink: SinkSpec, location: StoreLocation): Plan {
  const store = location.type === 'sqlite' ? { type: 'sqlite' as const, path: location.file } : undefined;
  const { checkpoint } = spec;
  const kept = checkpoint === null || store === undefined ? checkpoint : { ...checkpoint, store };
  const [source] = spec.sources;
  const alone = { ...spec, checkpoint: kept, operators: [], sinks: [{ ...sink, from: [source!.name] }] };
  return planJob(resolveSecrets(alone));
}

/** Where to go on from; undefined for a fresh start. */
async function resumePoint(
  spec: JobSpec,
  plan: Plan,
  store: CheckpointStore,
  { mode, recovery = {}, notice }: RunOptions,
): Promise<Checkpoint | undefined> {
  if (mode === 'recover' || mode === 'replay')
    return checkpointToResume({ spec, plan, store, notice }, recovery);
  const { name } = spec;
  const last = mode === 'start' ? await store.latest(name) : undefined;
  if (last !== undefined && !isDone(last) && !isPassing(plan)) {
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
