import type { DeadLetter, Letters } from '../checkpoint/dead-letter.ts';
import type { Checkpoint, Lease, StagedChunk, StateEntry } from '../checkpoint/store.ts';
import type { Clock } from '../clock.ts';
import type { SinkBuild } from '../component/define.ts';
import type { JoinedSink, Sink, SinkHost, StagedHost } from '../component/sink.ts';
import { letterStoreOf } from '../dead-letters/index.ts';
import { IncompatibleError } from '../errors.ts';
import type { Event } from '../event.ts';
import type { Plan, PlannedOperator, PlannedSink } from '../plan/model.ts';
import type { JobSpec } from '../spec/job.ts';
import { KeyedState, type StateType } from '../state/keyed-state.ts';
import { Bell } from './bell.ts';
import { Doors, type ReplayTarget } from './doors.ts';
import { Engine } from './engine.ts';
import { type AnyState, type BuiltOperator, Graph, type Receiver } from './graph.ts';
import { Intake } from './intake.ts';
import { JoinedOutlet } from './joined-outlet.ts';
import { LetterBox } from './letters.ts';
import type { Monitor } from './monitor.ts';
import { Narrowing } from './narrowing.ts';
import { Outbox } from './outbox.ts';
import { Outlet } from './outlet.ts';
import { RepeatedDelivery } from './repeated-delivery.ts';
import { Replay } from './replay.ts';
import { type RetryPolicy, settle } from './retry.ts';
import { RowTokens } from './row-tokens.ts';
import { StagedOutlet } from './staged-outlet.ts';
import { Tokens } from './tokens.ts';

export interface Assembly {
  readonly spec: JobSpec;
  /** As checkpoints keep it. */
  readonly storedSpec: JobSpec;
  readonly plan: Plan;
  readonly specHash: string;
  readonly lease: Lease;
  /** The dead letters that the job's checkpoints hold. */
  readonly kept: Letters;
  /** The checkpoint to go on from; undefined on a fresh start. */
  readonly last: Checkpoint | undefined;
  readonly clock: Clock;
  readonly monitor: Monitor;
  readonly notice: (line: string) => void;
  /** Whether a person has agreed to rows that are delivered twice. */
  readonly allowsDuplicates: boolean;
  readonly loading: (progress: StateLoading) => void;
  /** Dead letters to be replayed, instead of what the sources hold. */
  readonly replay?: ReplayOrder | undefined;
}

export interface ReplayOrder {
  readonly letters: readonly DeadLetter[];
  readonly target: ReplayTarget;
  /** So many attempts, and a letter is put in quarantine. */
  readonly maxAttempts: number;
  /** Whether its rows are as new as any, rather than as old as the letter. */
  readonly isNew: boolean;
}

/** How much of a checkpoint's keyed state has been loaded. */
export interface StateLoading {
  readonly entries: number;
  /** Keys in all; some may come in several entries. */
  readonly keys: number;
}

export interface AssembledJob {
  readonly engine: Engine;
  readonly letters: LetterBox;
  readonly graph: Graph;
  /** Connects sinks, then sources. Throws UnreachableError or SpecError. */
  open(): Promise<void>;
  /** Closes whatever was opened; never rejects. */
  close(): Promise<void>;
}

/** Builds the parts of a planned job and connects them; no I/O before `open`. */
export async function assemble(assembly: Assembly): Promise<AssembledJob> {
  const { spec, plan, lease, last, clock, monitor, notice } = assembly;
  const over = new AbortController();
  const bell = new Bell(clock);
  const tokens = new Tokens(lease, clock);
  const rowTokens = new RowTokens(tokens);
  const letters = new LetterBox({
    job: spec.name,
    epoch: lease.epoch,
    clock,
    token: () => rowTokens.next() ?? tokens.latest,
    maxAttempts: assembly.replay?.maxAttempts ?? Number.POSITIVE_INFINITY,
    isElsewhere: assembly.replay?.target === 'sink',
  });
  const latencies = [monitor.latencies.total, monitor.latencies.recent];
  const operators = await Promise.all(plan.operators.map((planned) => buildOperator(planned, spec.name)));
  const retry: RetryPolicy = {
    clock,
    maxRetries: spec.dead_letters.max_retries,
    delay: spec.dead_letters.retry_delay,
    timeout: spec.sink_timeout,
    waiting(node, reason) {
      if (!monitor.waiting(node, reason)) return;
      notice(reason === null ? `${node}: goes on` : `${node}: waiting for the server: ${reason}`);
    },
  };
  const narrowing = assembly.replay && new Narrowing();
  const graph = new Graph(
    plan.sources.map((source) => source.spec.name),
    operators,
    letters,
    {
      bell,
      retry,
      maxConcurrency: spec.max_concurrency,
      signal: over.signal,
      fail: (error) => engine.fail(error),
      narrowing,
    },
  );

  const intakes = await Promise.all(
    plan.sources.map(async (planned) => {
      const { spec: source, definition } = planned;
      const saved = last?.sources[source.name];
      const built = await definition.build(source.options, {
        name: source.name,
        job: spec.name,
        format: source.format,
        exitAtEnd: spec.exit_at_end,
        ends: saved?.ends,
      });
      return new Intake(planned, built, graph.inlets.get(source.name)!, spec.backpressure, saved, {
        clock,
        bell,
        letters,
        over: over.signal,
        checkpointNow: () => engine.checkpointNow(),
        fail: (error) => engine.fail(error),
        notice,
      });
    }),
  );

  const outlets: Outlet[] = [];
  const joined: JoinedOutlet[] = [];
  const staged: StagedOutlet[] = [];
  for (const planned of plan.sinks) {
    const outlet = await buildOutlet(planned);
    if (outlet instanceof Outlet) outlets.push(outlet);
    else if (outlet instanceof StagedOutlet) staged.push(outlet);
    else joined.push(outlet);
    const receive = planned.appendsOnly ? finalOnly(outlet) : (event: Event) => outlet.accept(event);
    for (const input of planned.inputs) graph.connect(input, receive);
  }

  async function buildOutlet(planned: PlannedSink): Promise<Outlet | JoinedOutlet | StagedOutlet> {
    const { spec: sink, definition, mode } = planned;
    const { fields } = planned;
    const build = { name: sink.name, job: spec.name, format: sink.format, identity: sink.key, fields };
    if (mode === 'joined') {
      const built: JoinedSink = await definition.buildJoined!(sink.options, build);
      return new JoinedOutlet(sink, built, { clock, letters, latencies });
    }
    if (mode === 'staged') return buildStaged(planned, build);
    const built: Sink = await definition.build(sink.options, build);
    return new Outlet(sink, built, spec.max_concurrency, {
      clock,
      bell,
      letters,
      latencies,
      signal: over.signal,
      retry,
      fail: (error) => engine.fail(error),
      tokensFor: (rows) => tokens.ensure(rows),
      rowTokens: mode === 'upsert' ? rowTokens : undefined,
    });
  }

  async function buildStaged(
    { spec: sink, definition }: PlannedSink,
    build: SinkBuild,
  ): Promise<StagedOutlet> {
    const repeatedly = async (upserting: Sink, batch: readonly Event[]) => {
      await tokens.ensure(batch.length);
      return (await settle(upserting, batch, retry, outlet.counters, over.signal)).rejections;
    };
    const built =
      (await definition.buildStaged?.(sink.options, build)) ??
      new RepeatedDelivery(await definition.build(sink.options, build), repeatedly);
    const signal = over.signal;
    const outlet = new StagedOutlet(sink, built, {
      clock,
      letters,
      latencies,
      retry,
      tokens,
      rowTokens,
      signal,
    });
    return outlet;
  }

  const { replay: order } = assembly;
  const replay = order && replayOf(order);

  function replayOf({ letters: replayed, target, isNew }: ReplayOrder): Replay {
    const doors = new Doors(
      { intakes, nodes: graph.nodes, outlets: [...outlets, ...joined, ...staged] },
      target,
    );
    return new Replay(replayed, {
      clock,
      doorOf: (letter) => doors.of(letter),
      entering(letter, origin) {
        narrowing?.narrow(origin, letters.replaying(letter));
        if (!isNew) rowTokens.keep(origin, letter.token);
      },
    });
  }

  const copy = await letterStoreOf(spec.dead_letters);
  const outbox =
    copy &&
    new Outbox(copy, {
      job: spec.name,
      epoch: lease.epoch,
      kept: assembly.kept,
      last,
      retry,
      signal: over.signal,
      isHolder: () => lease.isHolder(),
      notice,
    });
  const engine = new Engine({
    spec,
    specHash: assembly.specHash,
    storedSpec: assembly.storedSpec,
    graph,
    intakes: replay === undefined ? intakes : [replay],
    replay,
    sources: intakes,
    outlets,
    joined,
    staged,
    letters,
    outbox,
    lease,
    bell,
    clock,
    last,
  });
  for (const { counters } of [...intakes, ...graph.nodes, ...outlets, ...joined, ...staged]) {
    const totals = last?.counters[counters.name];
    if (totals !== undefined) counters.restore(totals);
  }

  if (last?.staged !== undefined) restoreStaged(staged, last.number, await lease.loadStaged(last.number));
  if (last !== undefined) await graph.restore(counted(lease.loadState(last.number), last, assembly.loading));

  const opened: { close(): Promise<void> }[] = [];
  const sinkHost = (
    name: string,
    tokenOf: (event: Event) => bigint | undefined = () => undefined,
  ): SinkHost => ({
    name,
    job: spec.name,
    clock,
    epoch: lease.epoch,
    token: (event) => (event && tokenOf(event)) ?? tokens.take(),
    isReplayed: (event) => rowTokens.isReplayed(event),
    notice,
  });
  const stagedHost = (outlet: StagedOutlet): StagedHost => ({
    ...sinkHost(outlet.counters.name, (event) => outlet.tokenOf(event)),
    isReplayed: (event) => outlet.isReplayed(event),
    resumedFrom: last?.number ?? null,
    allowsDuplicates: assembly.allowsDuplicates,
    isHolder: () => lease.isHolder(),
  });
  let stopIdleCheck = () => {};

  return {
    engine,
    graph,
    letters,
    async open() {
      await tokens.ensure(1);
      for (const outlet of outlets) {
        const { sink, counters } = outlet;
        opened.push(sink);
        const host = sinkHost(counters.name, (event) => outlet.tokenOf(event));
        await sink.open(last?.sinks[counters.name] ?? null, host);
      }
      for (const { sink, counters } of joined) {
        opened.push(sink);
        await sink.open(sinkHost(counters.name));
      }
      for (const outlet of staged) {
        opened.push(outlet.sink);
        await outlet.sink.open(last?.sinks[outlet.counters.name] ?? null, stagedHost(outlet));
      }
      if (outbox !== undefined) {
        opened.push(outbox.store);
        await outbox.open();
      }
      for (const { counters, stages } of graph.nodes) {
        for (const { stage } of stages) {
          opened.push({ close: async () => stage.close?.() });
          await stage.open?.({ name: counters.name, clock, notice });
        }
      }
      for (const intake of intakes) {
        if (replay === undefined) {
          opened.push(intake.source);
          await intake.open();
        } else intake.standStill();
      }
      const entrances = replay === undefined ? intakes : [replay];
      monitor.observe({
        graph,
        intakes: entrances,
        outlets: [...outlets, ...joined, ...staged],
        letters,
        engine,
      });
      stopIdleCheck = clock.every(1000, () => {
        // A partition that nobody reads is not idle.
        if (engine.isPaused || replay !== undefined) return;
        try {
          for (const intake of intakes) intake.checkIdle();
          // Those that waited for an idle source go on.
          if (spec.coordination === 'timestamp') bell.ring();
        } catch (error) {
          engine.fail(error);
        }
      });
    },
    async close() {
      stopIdleCheck();
      over.abort();
      await Promise.allSettled(opened.map((part) => part.close()));
    },
  };
}

async function* counted(
  chunks: AsyncIterable<readonly StateEntry[]>,
  last: Checkpoint,
  loading: Assembly['loading'],
): AsyncIterable<readonly StateEntry[]> {
  const keys = Object.values(last.keys).reduce((sum, held) => sum + held, 0);
  let entries = 0;
  for await (const chunk of chunks) {
    yield chunk;
    entries += chunk.length;
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
    throw new IncompatibleError(
      `checkpoint ${number} holds rows for ${stranded.sink} that may not have been delivered yet`,
      { hint: 'recover the job as it was first, and change it after' },
    );
  }
  for (const outlet of outlets) outlet.restore(chunks);
}

async function buildOperator(planned: PlannedOperator, job: string): Promise<BuiltOperator> {
  const { spec, definition } = planned;
  const states = new Map<string, AnyState>();
  const operator = await definition.build(spec.options, {
    name: spec.name,
    job,
    key: spec.key,
    inputs: spec.from,
    state<T>(id: string, type: StateType<T>) {
      const state = new KeyedState(type);
      states.set(id, state as AnyState);
      return state;
    },
  });
  return { planned, operator, states };
}

/** Into a sink that can take nothing back: results that can still change, and removals, are passed over. */
function finalOnly(outlet: Outlet | JoinedOutlet | StagedOutlet): Receiver {
  return (event) => {
    if (event.final && event.change === 'upsert') {
      outlet.accept(event);
      return;
    }
    outlet.counters.in++;
    outlet.counters.filtered++;
  };
}
