import { compact, exact, latency, latencyParts, rate } from '../format.ts';
import { figureLines } from './layout.ts';
import { type Figure, panel } from './panel.ts';
import type { View } from './view.ts';

/** A steady figure fills four fifths of its bars. */
const HEADROOM = 1.25;

/** Throughput, latency and queue depth side by side, each with its last minute. */
export function figures(view: View): string[] {
  const { layout, palette } = view;
  const all = [throughput(view), latencyAtP95(view), queueDepth(view)];
  const gap = layout.width < 70 ? 2 : 3;
  const width = Math.max(1, Math.floor((layout.width - gap * (all.length - 1)) / all.length));
  const panels = all.map((figure) => panel(figure, { width, size: layout.figures, palette }));
  return Array.from({ length: figureLines[layout.figures] }, (_, line) =>
    panels.map((lines) => lines[line]).join(' '.repeat(gap)),
  );
}

function throughput({ snapshot, history, palette }: View): Figure {
  const values = history.samples.map((sample) => sample.throughput);
  const peak = Math.max(0, ...values);
  const now = `${exact(snapshot.throughputPerSecond)} events/s`;
  return {
    label: 'throughput',
    value: rate(snapshot.throughputPerSecond),
    unit: '/s',
    captions: [`${now}  peak ${compact(peak)}`, now, `${compact(snapshot.throughputPerSecond)}/s`],
    values,
    ceiling: peak * HEADROOM,
    color: palette.accent,
  };
}

function latencyAtP95({ snapshot, history, palette }: View): Figure {
  const values = history.samples.map((sample) => sample.latency);
  const { p50, p95, p99 } = snapshot.recentLatency;
  const [value, unit] = p95 === null ? ['–', ''] : latencyParts(p95);
  return {
    label: 'p95 latency',
    value,
    unit: ` ${unit}`.trimEnd(),
    captions:
      p95 === null
        ? [snapshot.written === 0 ? 'nothing written yet' : 'nothing written lately', 'nothing written']
        : [
            `p50 ${latency(p50)}  p95 ${latency(p95)}  p99 ${latency(p99)}`,
            `p95 ${latency(p95)}  p99 ${latency(p99)}`,
            `p95 ${latency(p95)}`,
          ],
    values,
    ceiling: Math.max(0, ...values.map((one) => one ?? 0)) * HEADROOM,
    color: palette.accent,
  };
}

/** Its bars are a share of the threshold: a full bar is where backpressure sets in. */
function queueDepth({ snapshot, history, palette }: View): Figure {
  const { queueDepth, queueThreshold, maxQueueDepth } = snapshot;
  const limit = `${exact(queueDepth)} of ${exact(queueThreshold)}`;
  return {
    label: 'queue depth',
    value: compact(queueDepth),
    unit: '',
    captions: [
      `${limit}  highest ${exact(maxQueueDepth)}`,
      limit,
      `${compact(queueDepth)} of ${compact(queueThreshold)}`,
    ],
    values: history.samples.map((sample) => sample.queueDepth),
    ceiling: queueThreshold,
    color: queueDepth >= queueThreshold * 0.9 ? palette.warning : palette.accent,
  };
}
