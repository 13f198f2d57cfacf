import stringWidth from 'string-width';
import type { PartitionSnapshot } from '../../metrics/snapshot.ts';
import { exact } from '../format.ts';
import { column, cut, displayable } from '../text.ts';
import type { View } from './view.ts';

const WIDEST_NAME = 40;
const FIGURE = 14;
const STATUS = 11;

/** A line for each partition, those that are farthest behind first. */
export function partitions({ snapshot, layout, palette, page }: View): string[] {
  if (page !== 'partitions' || layout.partitions === 0) return [];
  const ordered = [...snapshot.partitions].sort((a, b) => (b.lag ?? -1) - (a.lag ?? -1));
  const names = ordered.map(({ source, partition }) => `${displayable(source)} ${displayable(partition)}`);
  const room = Math.max(1, layout.width - 2 * FIGURE - STATUS - 2);
  const width = Math.min(room, WIDEST_NAME, Math.max(9, ...names.map((name) => stringWidth(name))));
  const line = (name: string, position: string, lag: string, status: string) =>
    cut(
      `${column(name, width, 'left')}${column(position, FIGURE, 'right')}${column(lag, FIGURE, 'right')}  ${status}`,
      layout.width,
    );
  const fitting = layout.partitions < ordered.length ? layout.partitions - 1 : ordered.length;
  const lines = ordered.slice(0, fitting).map((partition, index) => {
    const { position, lag, status } = partition;
    const shown = line(names[index] ?? '', exact(position), lag === null ? '–' : exact(lag), status);
    return colorOf(partition, palette)(shown);
  });
  const rest = ordered.length - fitting;
  return [
    palette.quiet(line('partition', 'position', 'lag', 'status')),
    ...lines,
    ...(rest > 0 ? [palette.quiet(cut(`… ${rest} more`, layout.width))] : []),
  ];
}

function colorOf({ status }: PartitionSnapshot, palette: View['palette']) {
  if (status === 'unreachable') return palette.bad;
  return status === 'idle' ? palette.quiet : (text: string) => text;
}
