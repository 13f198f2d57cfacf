import type { SinkBuild } from '../component/define.ts';
import type { Sink } from '../component/sink.ts';
import type { Event } from '../event.ts';
import type { LatencyHistogram } from '../metrics/latency.ts';
import type { PlannedSink } from '../plan/model.ts';
import type { JobSpec } from '../spec/job.ts';
import type { Graph } from './graph.ts';
import { JoinedOutlet } from './joined-outlet.ts';
import { marked } from './marked.ts';
import type { Narrowing } from './narrowing.ts';
import { Outlet, type OutletHost } from './outlet.ts';
import type { Receiver } from './receiver.ts';
import { RepeatedDelivery } from './repeated-delivery.ts';
import { settle } from './retry.ts';
import type { RowTokens } from './row-tokens.ts';
import { StagedOutlet } from './staged-outlet.ts';
import type { Tokens } from './tokens.ts';

/** The ways out of a job, by how their rows become durable. */
export interface Outlets {
  readonly outlets: readonly Outlet[];
  readonly joined: readonly JoinedOutlet[];
  readonly staged: readonly StagedOutlet[];
}

/** What all outlets of a job share. */
export interface OutletsHost extends Omit<OutletHost, 'tokensFor' | 'rowTokens' | 'latencies'> {
  /** Where the latencies of a sink's rows are recorded. */
  latenciesOf(sink: string): readonly LatencyHistogram[];
  readonly narrowing: Narrowing;
  readonly tokens: Tokens;
  readonly rowTokens: RowTokens;
}

/** Builds the way out into each sink, and connects it with the nodes that it reads. */
export async function buildOutlets(
  sinks: readonly PlannedSink[],
  spec: JobSpec,
  graph: Graph,
  host: OutletsHost,
): Promise<Outlets> {
  const outlets: Outlet[] = [];
  const joined: JoinedOutlet[] = [];
  const staged: StagedOutlet[] = [];
  for (const planned of sinks) {
    const outlet = await buildOutlet(planned, spec, host);
    if (outlet instanceof Outlet) outlets.push(outlet);
    else if (outlet instanceof StagedOutlet) staged.push(outlet);
    else joined.push(outlet);
    const receive = planned.appendsOnly ? finalOnly(outlet) : (event: Event) => outlet.accept(event);
    for (const input of planned.inputs) graph.connect(input, marked(input, host.narrowing, receive));
  }
  return { outlets, joined, staged };
}

async function buildOutlet(
  planned: PlannedSink,
  spec: JobSpec,
  host: OutletsHost,
): Promise<Outlet | JoinedOutlet | StagedOutlet> {
  const { spec: sink, definition, mode, fields } = planned;
  const own = { ...host, latencies: host.latenciesOf(sink.name) };
  const build = { name: sink.name, job: spec.name, format: sink.format, identity: sink.key, fields };
  if (mode === 'joined') {
    return new JoinedOutlet(sink, await definition.buildJoined!(sink.options, build), own);
  }
  if (mode === 'staged') return buildStaged(planned, build, own);
  return new Outlet(sink, await definition.build(sink.options, build), spec.max_concurrency, {
    ...own,
    tokensFor: (rows) => host.tokens.ensure(rows),
    rowTokens: mode === 'upsert' ? host.rowTokens : undefined,
  });
}

/** A sink that can't deliver an interval as one is given its rows until it has them all. */
async function buildStaged(
  { spec: sink, definition }: PlannedSink,
  build: SinkBuild,
  host: OutletsHost & Pick<OutletHost, 'latencies'>,
): Promise<StagedOutlet> {
  const repeatedly = async (upserting: Sink, batch: readonly Event[]) => {
    await host.tokens.ensure(batch.length);
    return (await settle(upserting, batch, host.retry, outlet.counters, host.signal)).rejections;
  };
  const built =
    (await definition.buildStaged?.(sink.options, build)) ??
    new RepeatedDelivery(await definition.build(sink.options, build), repeatedly);
  const outlet = new StagedOutlet(sink, built, host);
  return outlet;
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
