import type { ChalkInstance } from 'chalk';
import stringWidth from 'string-width';
import type { NodeSnapshot } from '../../metrics/snapshot.ts';
import { compact, duration, latencyParts, rate } from '../format.ts';
import type { Palette } from '../palette.ts';
import { column, cut, displayable } from '../text.ts';
import { type Row, rowsOf } from './tree.ts';
import type { View } from './view.ts';

interface Column {
  readonly title: string;
  readonly width: number;
  readonly align: 'left' | 'right';
  value(node: NodeSnapshot): string;
  /** Only where there is something to say. */
  color?(node: NodeSnapshot, palette: Palette): ChalkInstance | undefined;
}

const WIDEST_NAME = 24;
const NARROWEST_NAME = 12;
const NOTHING = '-';

/** In the order in which they stand. */
const columns = {
  type: text('type', 10, (node) => node.type),
  inRate: figure('in/s', 6, (node) => rate(node.inPerSecond)),
  outRate: figure('out/s', 6, (node) => rate(node.outPerSecond)),
  in: figure('in', 6, (node) => compact(node.in)),
  out: figure('out', 6, (node) => compact(node.out)),
  queue: figure('queue', 6, (node) => (node.kind === 'operator' ? NOTHING : compact(node.queueDepth))),
  p95: figure('p95', 6, (node) =>
    node.latencyP95 === null ? NOTHING : latencyParts(node.latencyP95).join(''),
  ),
  errors: {
    ...figure('errors', 6, (node) => some(errorsOf(node))),
    color: (node: NodeSnapshot, palette: Palette) => (errorsOf(node) > 0 ? palette.bad : undefined),
  },
  dropped: {
    ...figure('dropped', 7, (node) => some(node.dropped)),
    color: (node: NodeSnapshot, palette: Palette) => (node.dropped > 0 ? palette.warning : undefined),
  },
  filtered: figure('filtered', 8, (node) => some(node.filtered)),
  late: figure('late', 6, (node) => some(node.late)),
  retries: figure('retries', 7, (node) => some(node.retries)),
  keys: figure('keys', 6, (node) => (node.stateKeys === null ? NOTHING : compact(node.stateKeys))),
  watermark: figure('watermark', 9, (node) =>
    node.watermarkLagMs === null ? NOTHING : `-${duration(node.watermarkLagMs)}`,
  ),
} satisfies Record<string, Column>;

/** What is shown first where there is little room. */
const byImportance: readonly Column[] = [
  columns.inRate,
  columns.outRate,
  columns.errors,
  columns.queue,
  columns.p95,
  columns.dropped,
  columns.out,
  columns.in,
  columns.type,
  columns.filtered,
  columns.late,
  columns.retries,
  columns.keys,
  columns.watermark,
];

/** A line of titles and one for each node, in the order of the graph; the last one says how many don't fit. */
export function nodes({ snapshot, layout, palette }: View): string[] {
  if (!layout.table) return [];
  const { width } = layout;
  const rows = rowsOf(snapshot.nodes);
  const names = rows.map(nameOf);
  const longest = Math.max(4, ...names.map((name) => stringWidth(name)));
  const gap = ' '.repeat(width < 70 ? 1 : width < 120 ? 2 : 3);
  const shown = columnsThatFit(width - Math.min(longest, NARROWEST_NAME), gap.length);
  const taken = shown.reduce((sum, one) => sum + one.width + gap.length, 0);
  const nameWidth = Math.max(1, Math.min(longest, WIDEST_NAME, width - taken));

  const titles = [column('node', nameWidth, 'left'), ...shown.map((one) => cell(one, one.title))].join(gap);
  const fitting = layout.nodes < names.length ? layout.nodes - 1 : names.length;
  const lines = rows
    .slice(0, Math.max(0, fitting))
    .map(({ node }, index) =>
      [
        column(names[index] ?? '', nameWidth, 'left'),
        ...shown.map((one) => styledCell(one, node, palette)),
      ].join(gap),
    );
  if (fitting < names.length && layout.nodes > 0) {
    lines.push(palette.quiet(cut(`… ${names.length - Math.max(0, fitting)} more`, width)));
  }
  return [palette.quiet(cut(titles, width)), ...lines];
}

/** `├ joined +users`: where it stands in the graph, and what it reads beside the node above it. */
function nameOf({ node, branch, others }: Row): string {
  return branch + [displayable(node.name), ...others.map((other) => `+${displayable(other)}`)].join(' ');
}

function columnsThatFit(room: number, gap: number): Column[] {
  const chosen = new Set<Column>();
  let left = room;
  for (const one of byImportance) {
    left -= one.width + gap;
    if (left < 0) break;
    chosen.add(one);
  }
  return Object.values(columns).filter((one) => chosen.has(one));
}

function styledCell(one: Column, node: NodeSnapshot, palette: Palette): string {
  const value = one.value(node);
  const shown = cell(one, value);
  const color = value === NOTHING || one === columns.type ? palette.quiet : one.color?.(node, palette);
  return color === undefined ? shown : color(shown);
}

function cell(one: Column, value: string): string {
  return column(value, one.width, one.align);
}

function text(title: string, width: number, value: (node: NodeSnapshot) => string): Column {
  return { title, width, align: 'left', value: (node) => displayable(value(node)) };
}

function figure(title: string, width: number, value: (node: NodeSnapshot) => string): Column {
  return { title, width, align: 'right', value };
}

function errorsOf(node: NodeSnapshot): number {
  return node.deadLetters + node.skipped;
}

function some(count: number): string {
  return count === 0 ? NOTHING : compact(count);
}
