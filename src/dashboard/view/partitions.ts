import stringWidth from 'string-width';
import type { PartitionSnapshot } from '../../metrics/snapshot.ts';
import { compact, exact } from '../format.ts';
import { column, cut, cutInside, displayable } from '../text.ts';
import type { View } from './view.ts';

const NARROWEST_NAME = 9;
/** Figures give way until a name has as much, or all that it needs. */
const ENOUGH_NAME = 24;
const STATUS = 13;

interface Figures {
  readonly position: number;
  readonly lag: number;
  number(count: number): string;
}

/** The widths of the figures, by how much room they take. */
const figures: readonly Figures[] = [
  { position: 14, lag: 14, number: exact },
  { position: 10, lag: 8, number: compact },
  { position: 0, lag: 8, number: compact },
];

/** A line for each partition, those that are farthest behind first. */
export function partitions({ snapshot, layout, palette, page }: View): string[] {
  if (page !== 'partitions' || layout.partitions === 0) return [];
  const ordered = [...snapshot.partitions].sort((a, b) => (b.lag ?? -1) - (a.lag ?? -1));
  const names = ordered.map(({ source, partition }) => `${displayable(source)} ${displayable(partition)}`);
  const longest = Math.max(NARROWEST_NAME, ...names.map((name) => stringWidth(name)));
  const roomBeside = ({ position, lag }: Figures) => layout.width - position - lag - STATUS;
  const chosen =
    figures.find((each) => roomBeside(each) >= Math.min(longest, ENOUGH_NAME)) ?? figures.at(-1)!;
  const width = Math.max(1, Math.min(longest, roomBeside(chosen)));
  const line = (name: string, position: string, lag: string, status: string) => {
    const cells = [
      column(position, chosen.position, 'right'),
      column(lag, chosen.lag, 'right'),
      `  ${status}`,
    ];
    return cut(column(cutInside(name, width), width, 'left') + cells.join(''), layout.width);
  };
  const fitting = layout.partitions < ordered.length ? layout.partitions - 1 : ordered.length;
  const lines = ordered.slice(0, fitting).map((partition, index) => {
    const { position, lag, status } = partition;
    const { number } = chosen;
    const shown = line(names[index] ?? '', number(position), lag === null ? '–' : number(lag), status);
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
