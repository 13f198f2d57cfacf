import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type Metric, metrics } from './prometheus-metrics.ts';
import type { LatencyDistribution, Snapshot } from './snapshot.ts';

const SECOND = 1000;

/**
 * The snapshot in Prometheus' text format. Every series carries `job_name`, as `job` is the scraper's own label. Names
 * and units are Prometheus': totals end in `_total`, times are seconds.
 */
export async function prometheusText(snapshot: Snapshot): Promise<string> {
  const registry = new Registry();
  registry.setDefaultLabels({ job_name: snapshot.job });
  for (const metric of metrics) register(metric, snapshot, registry);
  registry.registerMetric(new LatencySeconds(snapshot.latencyDistribution, registry));
  return registry.metrics();
}

function register({ name, help, type, samples }: Metric, snapshot: Snapshot, registry: Registry): void {
  const taken = samples(snapshot);
  if (taken.length === 0) return;
  const configuration = { name, help, labelNames: Object.keys(taken[0]![0]), registers: [registry] };
  if (type === 'counter') {
    const counter = new Counter(configuration);
    for (const [labels, value] of taken) counter.inc({ ...labels }, value);
  } else {
    const gauge = new Gauge(configuration);
    for (const [labels, value] of taken) gauge.set({ ...labels }, value);
  }
}

const latencySeconds = {
  name: 'sluice_latency_seconds',
  help: 'From an event being read at the source to its row being acknowledged by the sink.',
};

/** A histogram that was counted elsewhere: the library's own can only observe one value after another. */
class LatencySeconds extends Histogram {
  readonly #distribution: LatencyDistribution;

  constructor(distribution: LatencyDistribution, registry: Registry) {
    super({ ...latencySeconds, registers: [registry] });
    this.#distribution = distribution;
  }

  override async get() {
    const { buckets, events, sum } = this.#distribution;
    const sample = (suffix: string, value: number, labels = {}) => ({
      metricName: `${latencySeconds.name}_${suffix}`,
      labels,
      value,
    });
    const values = [
      ...buckets.map((bucket) => sample('bucket', bucket.events, { le: bucket.upTo / SECOND })),
      sample('bucket', events, { le: '+Inf' }),
      sample('sum', sum / SECOND),
      sample('count', events),
    ];
    return { ...(await new Histogram({ ...latencySeconds, registers: [] }).get()), values };
  }

  /** What the registry asks for, where a metric has it. */
  async getForPromString() {
    return this.get();
  }
}
