import { letterStoreOf } from '../dead-letters/index.ts';
import type { AssembledJob, Assembly, ReplayOrder } from './assembly.ts';
import { Bell } from './bell.ts';
import { buildOperator } from './build-operator.ts';
import { Doors } from './doors.ts';
import { Engine } from './engine.ts';
import { Graph } from './graph.ts';
import { Intake } from './intake.ts';
import { LetterBox } from './letters.ts';
import { Narrowing } from './narrowing.ts';
import { beginReplay, fatesIn } from './ongoing-replay.ts';
import { Opening } from './opening.ts';
import { Outbox } from './outbox.ts';
import { buildOutlets } from './outlets.ts';
import { Replay } from './replay.ts';
import { restoreParts } from './restore.ts';
import type { RetryPolicy } from './retry.ts';
import { RowTokens } from './row-tokens.ts';
import { startTicks } from './ticks.ts';
import { Tokens } from './tokens.ts';

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
    isElsewhere: assembly.replay?.target === 'sink',
  });
  const operators = await Promise.all(plan.operators.map((planned) => buildOperator(planned, plan)));
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
  const narrowing = new Narrowing();
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

  const drainForOthers = () => {
    if (!engine.isDraining) notice('standard output was closed: the job drains, for its other sinks');
    engine.drain();
  };
  const outlets = await buildOutlets(plan.sinks, spec, graph, {
    clock,
    bell,
    letters,
    latenciesOf: (sink) => monitor.latenciesOf(sink),
    signal: over.signal,
    retry,
    fail: (error) => engine.fail(error),
    outputClosed: plan.sinks.every((sink) => sink.spec.type === 'stdout') ? undefined : drainForOthers,
    narrowing,
    tokens,
    rowTokens,
  });
  const all = [...outlets.outlets, ...outlets.joined, ...outlets.staged];

  const { replay: order } = assembly;
  const replay = order && replayOf(order);

  function replayOf({ letters: replayed, target, isNew, maxAttempts }: ReplayOrder): Replay {
    const doors = new Doors({ intakes, nodes: graph.nodes, outlets: all }, target);
    return new Replay(replayed, {
      clock,
      doorOf: (letter) => doors.of(letter),
      entering(letter, origin) {
        narrowing.narrow(origin, letters.replaying(letter, origin, maxAttempts));
        if (!isNew) rowTokens.keep(origin, letter.token);
      },
    });
  }

  const entrances = replay === undefined ? intakes : [replay];
  const copy = await letterStoreOf(plan.spec.dead_letters);
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
    intakes: entrances,
    replay,
    sources: intakes,
    ...outlets,
    letters,
    outbox,
    lease,
    bell,
    clock,
    last,
  });
  if (last !== undefined) {
    const counters = [...intakes, ...graph.nodes, ...all].map((node) => node.counters);
    await restoreParts({ graph, staged: outlets.staged, counters }, last, lease, assembly.loading);
  }

  const opening = new Opening(
    { graph, ...outlets, intakes: replay === undefined ? intakes : [], outbox, tokens, rowTokens },
    assembly,
  );
  let stopIdleCheck = () => {};
  let stopTicks = () => {};

  return {
    engine,
    graph,
    fates: () => fatesIn(letters, narrowing),
    replay: (order) => beginReplay(replayOf(order), { engine, letters, narrowing }),
    async open() {
      await opening.open();
      if (replay !== undefined) for (const intake of intakes) intake.standStill();
      monitor.alerts.watch(graph, plan);
      monitor.observe({ graph, intakes: entrances, outlets: all, letters, engine });
      if (replay === undefined) stopTicks = startTicks(graph, engine, bell, clock);
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
      stopTicks();
      over.abort();
      await opening.close();
    },
  };
}
