import type { ChalkInstance } from 'chalk';
import stringWidth from 'string-width';
import { largeDigits } from '../digits.ts';
import { compact, exact, latency, latencyParts, rate } from '../format.ts';
import type { Palette } from '../palette.ts';
import { sparkline } from '../sparkline.ts';
import { cut, fitting } from '../text.ts';
import type { View } from './view.ts';

interface Figure {
  readonly label: string;
  /** At most five characters. */
  readonly value: string;
  readonly unit: string;
  /** Wordings of what else there is to say, the longest first. */
  readonly captions: readonly string[];
  readonly values: readonly (number | null)[];
  readonly ceiling: number;
  readonly color: ChalkInstance;
}

/** A steady figure fills four fifths of its bars. */
const HEADROOM = 1.25;

/** Throughput, latency and queue depth side by side, each with its last minute. */
export function figures(view: View): string[] {
  const { layout, palette } = view;
  const all = [throughput(view), latencyAtP95(view), queueDepth(view)];
  const gap = layout.width < 70 ? 2 : 3;
  const width = Math.max(1, Math.floor((layout.width - gap * (all.length - 1)) / all.length));
  const draw = { tall: tallPanel, large: largePanel, small: smallPanel, line: linePanel }[layout.figures];
  return sideBySide(
    all.map((figure) => draw(figure, width, palette)),
    width,
    gap,
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
    captions: [`${now} · peak ${compact(peak)}`, now, `${compact(snapshot.throughputPerSecond)}/s`],
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
    unit: ` ${unit}`,
    captions: [
      `p50 ${latency(p50)} · p95 ${latency(p95)} · p99 ${latency(p99)}`,
      `p95 ${latency(p95)} · p99 ${latency(p99)}`,
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
      `${limit} · highest ${exact(maxQueueDepth)}`,
      limit,
      `${compact(queueDepth)} of ${compact(queueThreshold)}`,
    ],
    values: history.samples.map((sample) => sample.queueDepth),
    ceiling: queueThreshold,
    color: queueDepth >= queueThreshold * 0.9 ? palette.warning : palette.accent,
  };
}

function tallPanel(figure: Figure, width: number, palette: Palette): string[] {
  return panel(figure, width, palette, { digits: digits(figure, width, palette), height: 2 });
}

function largePanel(figure: Figure, width: number, palette: Palette): string[] {
  return panel(figure, width, palette, { digits: digits(figure, width, palette), height: 1 });
}

function smallPanel(figure: Figure, width: number, palette: Palette): string[] {
  return panel(figure, width, palette, { digits: linePanel(figure, width, palette), height: 1 });
}

function panel(
  figure: Figure,
  width: number,
  palette: Palette,
  parts: { digits: readonly string[]; height: number },
): string[] {
  const bars = sparkline(figure.values, { width, height: parts.height, ceiling: figure.ceiling });
  return [
    ...parts.digits,
    ...bars.map((line) => figure.color(line)),
    palette.quiet(fitting(width, ...figure.captions)),
  ];
}

function digits(figure: Figure, width: number, palette: Palette): string[] {
  const [top, middle, bottom] = largeDigits(figure.value).map((line) => cut(line, width)) as [
    string,
    string,
    string,
  ];
  const unit = cut(` ${figure.unit.trim()}`, width - stringWidth(bottom));
  return [
    palette.quiet(cut(figure.label, width)),
    palette.strong(top),
    palette.strong(middle),
    palette.strong(bottom) + palette.quiet(unit),
  ];
}

function linePanel(figure: Figure, width: number, palette: Palette): string[] {
  const value = cut(figure.value + figure.unit, width);
  const label = cut(figure.label, Math.max(0, width - stringWidth(value) - 1));
  const fill = ' '.repeat(Math.max(0, width - stringWidth(label + value)));
  return [palette.quiet(label) + fill + palette.strong(value)];
}

function sideBySide(panels: readonly string[][], width: number, gap: number): string[] {
  const lines = panels[0]?.length ?? 0;
  return Array.from({ length: lines }, (_, line) =>
    panels.map((panel) => padded(panel[line] ?? '', width)).join(' '.repeat(gap)),
  );
}

function padded(styled: string, width: number): string {
  return styled + ' '.repeat(Math.max(0, width - stringWidth(styled)));
}
