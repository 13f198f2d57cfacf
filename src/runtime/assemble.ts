import type { Checkpoint, Lease } from '../checkpoint/store.ts';
import type { Clock } from '../clock.ts';
import type { JoinedSink, Sink, SinkHost } from '../component/sink.ts';
import type { Plan, PlannedOperator, PlannedSink } from '../plan/model.ts';
import type { JobSpec } from '../spec/job.ts';
import { KeyedState, type StateType } from '../state/keyed-state.ts';
import { Bell } from './bell.ts';
import { Engine } from './engine.ts';
import { type AnyState, type BuiltOperator, Graph } from './graph.ts';
import { Intake } from './intake.ts';
import { JoinedOutlet } from './joined-outlet.ts';
import { LetterBox } from './letters.ts';
import type { Monitor } from './monitor.ts';
import { Outlet } from './outlet.ts';
import { Tokens } from './tokens.ts';

export interface Assembly {
  readonly spec: JobSpec;
  readonly plan: Plan;
  readonly specHash: string;
  readonly lease: Lease;
  /** The checkpoint to go on from; undefined on a fresh start. */
  readonly last: Checkpoint | undefined;
  readonly clock: Clock;
  readonly monitor: Monitor;
  readonly notice: (line: string) => void;
}

export interface AssembledJob {
  readonly engine: Engine;
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
  const letters = new LetterBox(spec.name, lease.epoch, clock);
  const tokens = new Tokens(lease, clock);
  const latencies = [monitor.latencies.total, monitor.latencies.recent];
  const operators = await Promise.all(plan.operators.map((planned) => buildOperator(planned, spec.name)));
  const graph = new Graph(
    plan.sources.map((source) => source.spec.name),
    operators,
    letters,
  );

  const intakes = await Promise.all(
    plan.sources.map(async (planned) => {
      const { spec: source, definition } = planned;
      const built = await definition.build(source.options, {
        name: source.name,
        job: spec.name,
        format: source.format,
        exitAtEnd: spec.exit_at_end,
      });
      const saved = last?.sources[source.name];
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
  for (const planned of plan.sinks) {
    const outlet = await buildOutlet(planned);
    if (outlet instanceof Outlet) outlets.push(outlet);
    else joined.push(outlet);
    for (const input of planned.inputs) graph.connect(input, (event) => outlet.accept(event));
  }

  async function buildOutlet({ spec: sink, definition, mode }: PlannedSink): Promise<Outlet | JoinedOutlet> {
    const build = { name: sink.name, job: spec.name, format: sink.format, identity: sink.key };
    if (mode === 'joined') {
      const built: JoinedSink = await definition.buildJoined!(sink.options, build);
      return new JoinedOutlet(sink, built, { clock, letters, latencies });
    }
    const built: Sink = await definition.build(sink.options, build);
    return new Outlet(sink, built, spec.max_concurrency, {
      clock,
      bell,
      letters,
      latencies,
      signal: over.signal,
      retry: {
        clock,
        maxRetries: spec.dead_letters.max_retries,
        delay: spec.dead_letters.retry_delay,
        timeout: spec.sink_timeout,
        waiting(node, reason) {
          if (!monitor.waiting(node, reason)) return;
          notice(reason === null ? `${node}: goes on` : `${node}: waiting for the server: ${reason}`);
        },
      },
      fail: (error) => engine.fail(error),
      tokensFor: (rows) => tokens.ensure(rows),
    });
  }

  const engine = new Engine({
    spec,
    specHash: assembly.specHash,
    storedSpec: spec,
    graph,
    intakes,
    outlets,
    joined,
    letters,
    lease,
    bell,
    clock,
    lastCheckpoint: last?.number ?? -1,
  });
  for (const { counters } of [...intakes, ...graph.nodes, ...outlets, ...joined]) {
    const totals = last?.counters[counters.name];
    if (totals !== undefined) counters.restore(totals);
  }

  if (last !== undefined) await graph.restore(lease.loadState(last.number));

  const opened: { close(): Promise<void> }[] = [];
  const sinkHost = (name: string): SinkHost => ({
    name,
    job: spec.name,
    clock,
    epoch: lease.epoch,
    token: () => tokens.take(),
    notice,
  });
  let stopIdleCheck = () => {};

  return {
    engine,
    async open() {
      await tokens.ensure(1);
      for (const { sink, counters } of outlets) {
        opened.push(sink);
        await sink.open(last?.sinks[counters.name] ?? null, sinkHost(counters.name));
      }
      for (const { sink, counters } of joined) {
        opened.push(sink);
        await sink.open(sinkHost(counters.name));
      }
      for (const intake of intakes) {
        opened.push(intake.source);
        await intake.open();
      }
      monitor.observe({ graph, intakes, outlets: [...outlets, ...joined], letters, engine });
      stopIdleCheck = clock.every(1000, () => {
        try {
          for (const intake of intakes) intake.checkIdle();
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

async function buildOperator(planned: PlannedOperator, job: string): Promise<BuiltOperator> {
  const { spec, definition } = planned;
  const states = new Map<string, AnyState>();
  const operator = await definition.build(spec.options, {
    name: spec.name,
    job,
    key: spec.key,
    state<T>(id: string, type: StateType<T>) {
      const state = new KeyedState(type);
      states.set(id, state as AnyState);
      return state;
    },
  });
  return { planned, operator, states };
}
