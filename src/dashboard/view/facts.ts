import stringWidth from 'string-width';
import type { PartitionSnapshot } from '../../metrics/snapshot.ts';
import { bytes, compact, duration, exact, latency, percent, plural } from '../format.ts';
import { cut, displayable, fitting } from '../text.ts';
import type { View } from './view.ts';

const LABEL = 12;
const SHORTEST_BAR = 16;
const LONGEST_BAR = 40;
const LONGEST_SOURCE = 20;

/** One line each: progress, totals, lag, checkpoint. */
export function facts(view: View): string[] {
  const { layout } = view;
  const lines: string[] = [];
  if (layout.progress) lines.push(fact(view, 'progress', progress(view)));
  if (layout.totals) lines.push(fact(view, 'totals', totals(view)));
  if (layout.lag) lines.push(fact(view, 'lag', lag(view)));
  if (layout.watermark) lines.push(fact(view, 'watermark', watermark(view)));
  if (layout.checkpoint) lines.push(fact(view, 'checkpoint', checkpoint(view)));
  return lines;
}

function fact({ layout, palette }: View, label: string, styled: string): string {
  return palette.quiet(cut(label.padEnd(LABEL), layout.width)) + styled;
}

function room({ layout }: View): number {
  return Math.max(0, layout.width - LABEL);
}

/** A bar, the share, and the time to go. */
function progress(view: View): string {
  const { snapshot, history, palette } = view;
  if (snapshot.progress === null) return '';
  const { done, total, unit } = snapshot.progress;
  const share = total > 0 ? Math.min(1, done / total) : 1;
  const amount = unit === 'bytes' ? bytes : compact;
  const toGo = history.timeToGo(snapshot);
  const left = toGo === null || share === 1 ? '' : `, ${duration(toGo)} left`;
  const text = fitting(
    room(view) - SHORTEST_BAR - 2,
    `${percent(share * 100)} of ${amount(total)}${unit === 'events' ? ' events' : ''}${left}`,
    `${percent(share * 100)}${left}`,
    percent(share * 100),
  );
  const length = Math.max(0, Math.min(LONGEST_BAR, room(view) - stringWidth(text) - 2));
  const filled = Math.round(share * length);
  return `${palette.accent('━'.repeat(filled))}${palette.quiet('─'.repeat(length - filled))}  ${text}`;
}

/** Zeroes are left out, but for what was read and written; where room is short, the last ones too. */
function totals(view: View): string {
  const { snapshot } = view;
  const counts: [string, number][] = [
    ['read', snapshot.read],
    ['written', snapshot.written],
    ['dead letters', snapshot.deadLetters],
    ['dropped', snapshot.dropped],
    ['late', snapshot.late],
    ['skipped', snapshot.skipped],
    ['filtered', snapshot.filtered],
  ];
  const shown = counts.filter(([, count], index) => index < 2 || count > 0);
  const wording = (number: (count: number) => string, length: number) =>
    shown
      .slice(0, length)
      .map(([name, count]) => `${name} ${number(count)}`)
      .join('  ');
  const shorter = shown.map((_, left) => wording(compact, shown.length - left));
  return fitting(room(view), wording(exact, shown.length), ...shorter);
}

/** What stands behind in each source, over its partitions. */
function lag(view: View): string {
  const { snapshot, palette } = view;
  const sources = Map.groupBy(snapshot.partitions, (partition) => partition.source);
  const lines = [...sources].map(([source, partitions]) => sourceLag(source, partitions));
  const text = cut(lines.join('  '), room(view));
  const silent = snapshot.partitions.some((partition) => partition.status === 'unreachable');
  return silent ? palette.bad(text) : text;
}

function sourceLag(source: string, partitions: readonly PartitionSnapshot[]): string {
  const known = partitions.map((partition) => partition.lag).filter((one) => one !== null);
  const behind = known.length === 0 ? '–' : exact(known.reduce((sum, one) => sum + one, 0));
  const notes = [plural(partitions.length, 'partition')];
  for (const status of ['idle', 'unreachable'] as const) {
    const count = partitions.filter((partition) => partition.status === status).length;
    if (count > 0) notes.push(`${count} ${status}`);
  }
  return `${cut(displayable(source), LONGEST_SOURCE)} ${behind} in ${notes.join(', ')}`;
}

/** How far event time is behind the newest event, where a node keeps it. */
function watermark(view: View): string {
  const delays = view.snapshot.nodes.flatMap(({ name, watermarkLagMs }) =>
    watermarkLagMs === null
      ? []
      : [`${cut(displayable(name), LONGEST_SOURCE)} ${duration(watermarkLagMs)} behind`],
  );
  return cut(delays.join('  '), room(view));
}

function checkpoint(view: View): string {
  const { snapshot, now } = view;
  const figures = snapshot.checkpoint;
  if (figures === null || figures.lastAt === null) return 'none yet';
  const age = `${duration(now - figures.lastAt)} ago`;
  const took = figures.lastDurationMs === null ? '' : `, took ${latency(figures.lastDurationMs)}`;
  const size = figures.lastBytes === null ? '' : `, ${bytes(figures.lastBytes)}`;
  const number = `${exact(figures.count)} saved`;
  return fitting(room(view), `${number}, last ${age}${took}${size}`, `${age}${took}`, age);
}
