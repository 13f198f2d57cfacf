import type { Clock, Millis } from '../clock.ts';
import type { NodeCounters } from '../metrics/counters.ts';
import { LatencyHistogram } from '../metrics/latency.ts';
import { Rate } from '../metrics/rate.ts';
import type { JobStatus, LatencyFigures, NodeSnapshot, Snapshot } from '../metrics/snapshot.ts';
import type { JobSpec } from '../spec/job.ts';
import { sanitize } from '../terminal.ts';
import type { AbsentFields } from './absent-fields.ts';
import type { Engine } from './engine.ts';
import type { Entrance } from './entrance.ts';
import type { Graph } from './graph.ts';
import type { JoinedOutlet } from './joined-outlet.ts';
import type { LetterBox } from './letters.ts';
import type { OperatorNode } from './operator-node.ts';
import type { Outlet } from './outlet.ts';
import { RecentAlerts } from './recent-alerts.ts';
import type { StagedOutlet } from './staged-outlet.ts';

/** The window of rates and of recent latencies. */
const WINDOW: Millis = 5000;

export interface Observed {
  readonly graph: Graph;
  readonly intakes: readonly Entrance[];
  readonly outlets: readonly (Outlet | JoinedOutlet | StagedOutlet)[];
  readonly letters: LetterBox;
  readonly engine: Engine;
}

/** What a node shows beside its counters. */
interface NodeGauges {
  readonly queueDepth?: number;
  readonly stateKeys?: number | null;
  readonly watermark?: Millis;
  readonly makesResults?: boolean;
  readonly absorbs?: boolean;
  readonly leftOut?: AbsentFields | undefined;
  readonly read?: readonly AbsentFields[];
}

/** Latencies of the last few seconds. */
class RecentLatencies {
  readonly recent = new LatencyHistogram();
  #previous: LatencyFigures | undefined;

  /** Begins a new recent window; called every `WINDOW`. */
  turn(): void {
    const figures = this.recent.figures();
    this.#previous = figures.p50 === null ? undefined : figures;
    this.recent.reset();
  }

  recentFigures(): LatencyFigures {
    return this.#previous ?? this.recent.figures();
  }
}

/** Takes snapshots of a running job; a snapshot costs nothing while nobody asks for one. */
export class Monitor {
  readonly alerts: RecentAlerts;
  readonly #latencies = new LatencyHistogram();
  readonly #recent = new RecentLatencies();
  readonly #ofSinks = new Map<string, RecentLatencies>();
  readonly #spec: JobSpec;
  readonly #guarantee: string;
  readonly #clock: Clock;
  readonly #inputs: ReadonlyMap<string, readonly string[]>;
  readonly #startedAt: Millis;
  readonly #rates = new Map<string, { in: Rate; out: Rate }>();
  readonly #throughput = new Rate(WINDOW);
  /** Events that earlier runs of the job have read. */
  #readBefore = 0;
  readonly #waiting = new Map<string, string>();
  readonly #stopTurning: () => void;
  readonly #from = new Map<string, number>();
  #observed: Observed | undefined;
  #ended: { status: JobStatus; detail: string | null; uptime: Millis } | undefined;

  constructor(spec: JobSpec, guarantee: string, clock: Clock) {
    this.#spec = spec;
    this.#guarantee = guarantee;
    this.#inputs = inputsOf(spec);
    this.#clock = clock;
    this.alerts = new RecentAlerts(clock);
    this.#startedAt = clock.elapsed();
    this.#stopTurning = clock.every(WINDOW, () => {
      for (const latencies of [this.#recent, ...this.#ofSinks.values()]) latencies.turn();
      // So that whoever asks next, after however long, learns a rate of the last few seconds.
      this.#readRates();
    });
  }

  observe(observed: Observed): void {
    this.#observed = observed;
    for (const { source, partition, position } of observed.intakes.flatMap((intake) => intake.partitions())) {
      this.#from.set(`${source}/${partition}`, position);
    }
    this.#readBefore = observed.intakes.reduce((sum, { counters }) => sum + counters.in, 0);
    // The first readings: rates count from here.
    this.snapshot();
  }

  /** Where to record how long the rows of a sink took. */
  latenciesOf(sink: string): readonly LatencyHistogram[] {
    const own = new RecentLatencies();
    this.#ofSinks.set(sink, own);
    return [this.#latencies, this.#recent.recent, own.recent];
  }

  /** A node waits for its server, or (null) goes on. Tells whether that is news. */
  waiting(node: string, reason: string | null): boolean {
    const before = this.#waiting.get(node);
    if (reason === null) this.#waiting.delete(node);
    else this.#waiting.set(node, sanitize(reason));
    return (before === undefined) !== (reason === null);
  }

  /** The job is over: from now on the snapshot stands still. Only the first call counts. */
  end(status: JobStatus, detail: string | null): void {
    this.#stopTurning();
    this.#ended ??= { status, detail, uptime: this.#clock.elapsed() - this.#startedAt };
  }

  snapshot(): Snapshot {
    const nodes = this.#nodes();
    const sum = (field: 'dropped' | 'late' | 'filtered' | 'skipped' | 'deadLetters') =>
      nodes.reduce((total, node) => total + node[field], 0);
    const read = total(nodes, 'source', 'in');
    const errors = sum('deadLetters') + sum('skipped');
    const intakes = this.#observed?.intakes ?? [];
    const partitions = intakes.flatMap((intake) => intake.partitions());
    return {
      job: this.#spec.name,
      ...this.#state(),
      guarantee: this.#guarantee,
      read,
      readBefore: this.#readBefore,
      written: total(nodes, 'sink', 'out'),
      filtered: sum('filtered'),
      late: sum('late'),
      dropped: sum('dropped'),
      skipped: sum('skipped'),
      deadLetters: sum('deadLetters'),
      errorRate: read === 0 ? 0 : Math.min(100, (errors * 100) / read),
      throughputPerSecond: this.#throughputOf(read - this.#readBefore),
      latency: this.#latencies.figures(),
      recentLatency: this.#recent.recentFigures(),
      latencyDistribution: this.#latencies.distribution(),
      queueDepth: intakes.reduce((depth, { queue }) => depth + queue.depth, 0),
      maxQueueDepth: this.#observed?.engine.maxQueueDepth ?? 0,
      queueThreshold: this.#spec.backpressure.threshold * this.#spec.sources.length,
      checkpoint: this.#checkpoint(),
      nodes,
      partitions,
      errors: (this.#observed?.letters.recent.newest ?? []).map(({ at, node, message, count }) => ({
        at,
        node,
        message: sanitize(message),
        count,
      })),
      reasons: this.#observed?.letters.reasons.mostFrequent() ?? [],
      alerts: this.alerts.newest,
      progress: this.#progress(),
    };
  }

  #readRates(): void {
    this.#throughputOf(total(this.#nodes(), 'source', 'in') - this.#readBefore);
  }

  /** Over the last few seconds; of a job that is over, from its beginning to its end. */
  #throughputOf(read: number): number {
    if (this.#observed === undefined) return 0;
    if (this.#ended === undefined) return this.#throughput.read(this.#clock.elapsed(), read);
    return this.#ended.uptime === 0 ? 0 : (read * 1000) / this.#ended.uptime;
  }

  #state(): Pick<Snapshot, 'status' | 'detail' | 'uptimeMs'> {
    if (this.#ended !== undefined) {
      const { status, detail, uptime } = this.#ended;
      return { status, detail, uptimeMs: uptime };
    }
    const uptimeMs = this.#clock.elapsed() - this.#startedAt;
    if (this.#observed === undefined) return { status: 'starting', detail: null, uptimeMs };
    const reasons = [...this.#waiting].map(([node, reason]) => `${node}: ${reason}`);
    for (const { source, status } of this.#observed.intakes.flatMap((intake) => intake.partitions())) {
      if (status === 'unreachable') reasons.push(`${source}: the server does not answer`);
    }
    if (reasons.length > 0) return { status: 'waiting', detail: reasons[0]!, uptimeMs };
    const { isDraining, isPaused } = this.#observed.engine;
    return { status: isDraining ? 'draining' : isPaused ? 'paused' : 'running', detail: null, uptimeMs };
  }

  #checkpoint(): Snapshot['checkpoint'] {
    if (this.#spec.checkpoint === null || this.#observed === undefined) return null;
    const { count, lastAt, lastDuration, lastBytes } = this.#observed.engine.checkpoints;
    return {
      count,
      lastAt,
      lastDurationMs: count > 0 ? lastDuration : null,
      lastBytes: count > 0 ? lastBytes : null,
    };
  }

  #nodes(): NodeSnapshot[] {
    if (this.#observed === undefined) return [];
    const { intakes, graph, outlets } = this.#observed;
    return [
      ...intakes.map(({ counters, queue, watermark }) =>
        this.#node(counters, { queueDepth: queue.depth, watermark: watermark.current }),
      ),
      ...graph.nodes.map((node) => this.#node(node.counters, gaugesOf(node))),
      ...outlets.map(({ counters, depth }) => this.#node(counters, { queueDepth: depth })),
    ];
  }

  #node(counters: NodeCounters, gauges: NodeGauges): NodeSnapshot {
    const { queueDepth = 0, stateKeys = null, watermark, makesResults = false, absorbs = false } = gauges;
    let rates = this.#rates.get(counters.name);
    if (rates === undefined) {
      rates = { in: new Rate(WINDOW), out: new Rate(WINDOW) };
      this.#rates.set(counters.name, rates);
    }
    const now = this.#clock.elapsed();
    return {
      name: counters.name,
      kind: counters.kind,
      type: counters.type,
      from: this.#inputs.get(counters.name) ?? [],
      ...counters.totals(),
      failed: counters.failed,
      before: { ...counters.before },
      retries: counters.retries,
      inPerSecond: rates.in.read(now, counters.in),
      outPerSecond: rates.out.read(now, counters.out),
      queueDepth,
      latencyP95: this.#ofSinks.get(counters.name)?.recentFigures().p95 ?? null,
      stateKeys,
      watermarkLagMs: watermark === undefined ? null : this.#lagOf(watermark),
      makesResults,
      absorbs,
      absentField: counters.filtered === counters.in + counters.made ? (gauges.leftOut?.first ?? null) : null,
      missedFields: (gauges.read ?? []).flatMap(({ first }) => first ?? []),
    };
  }

  /** How far a watermark is behind the newest event time; null where there is none, and 0 at the end of time. */
  #lagOf(watermark: Millis): Millis | null {
    let newest = Number.NEGATIVE_INFINITY;
    for (const intake of this.#observed?.intakes ?? []) newest = Math.max(newest, intake.watermark.latest);
    if (newest === Number.NEGATIVE_INFINITY || watermark === Number.NEGATIVE_INFINITY) return null;
    return Math.max(0, newest - watermark);
  }

  /** Of all sources together; null if one has no end, or if they count different things. */
  #progress(): Snapshot['progress'] {
    const intakes = this.#observed?.intakes ?? [];
    const units = new Set(intakes.map((intake) => intake.positionUnit));
    if (units.size !== 1) return null;
    let done = 0;
    let all = 0;
    for (const intake of intakes) {
      const { positions, ends } = intake.checkpoint();
      if (ends === undefined) return null;
      for (const [partition, end] of Object.entries(ends)) {
        const from = this.#from.get(`${intake.name}/${partition}`) ?? 0;
        all += Math.max(0, end - from);
        done += Math.max(0, Math.min(end, positions[partition] ?? from) - from);
      }
    }
    return { done, total: all, unit: [...units][0]! };
  }
}

function gaugesOf(node: OperatorNode): NodeGauges {
  const { stateKeys, makesResults, absorbs, leftOut, read, isTimeOrigin, watermark } = node;
  return { stateKeys, makesResults, absorbs, leftOut, read, ...(isTimeOrigin ? { watermark } : {}) };
}

function total(nodes: readonly NodeSnapshot[], kind: NodeSnapshot['kind'], field: 'in' | 'out'): number {
  return nodes.reduce((sum, node) => (node.kind === kind ? sum + node[field] : sum), 0);
}

/** The nodes that each node reads; of a port, its node. */
function inputsOf({ operators, sinks }: JobSpec): Map<string, readonly string[]> {
  return new Map(
    [...operators, ...sinks].map(({ name, from }) => [
      name,
      [...new Set(from.map((input) => input.split('.', 1)[0]!))],
    ]),
  );
}
