import type { Snapshot } from '../../metrics/snapshot.ts';

/** What of the view is shown, and how many lines each part takes, so that the whole fits the terminal. */
export interface Layout {
  /** Inside the margins. */
  readonly width: number;
  readonly figures: 'tall' | 'large' | 'small' | 'line';
  /** Blank lines between the parts. */
  readonly airy: boolean;
  readonly detail: boolean;
  readonly progress: boolean;
  readonly totals: boolean;
  readonly lag: boolean;
  readonly checkpoint: boolean;
  /** Errors listed; 0 leaves the part out. */
  readonly errors: number;
  /** The newest notices shown. */
  readonly notices: number;
  /** Rows of nodes, of which the last says how many more there are when not all fit. */
  readonly nodes: number;
  /** Whether there is a table of nodes at all. */
  readonly table: boolean;
  readonly hint: boolean;
}

export const figureLines = { tall: 7, large: 6, small: 3, line: 1 } as const;

const MARGINS = 2;
const WIDEST = 150;
/** So few node rows are shown before other parts give way. */
const FEWEST_NODES = 3;

/** Gives up first what matters least, until the rest fits in `rows`. One line stays free for the cursor. */
export function layOut(
  { snapshot, notices }: { snapshot: Snapshot; notices: readonly string[] },
  columns: number,
  rows: number,
): Layout {
  const width = Math.max(1, Math.min(columns - MARGINS, WIDEST));
  const full: Layout = {
    width,
    figures: 'tall',
    airy: true,
    detail: snapshot.detail !== null,
    progress: snapshot.progress !== null,
    totals: true,
    lag: snapshot.partitions.some((partition) => partition.lag !== null),
    checkpoint: snapshot.checkpoint !== null,
    errors: snapshot.errors.length,
    notices: Math.min(notices.length, 2),
    nodes: snapshot.nodes.length,
    table: true,
    hint: true,
  };
  const reductions: Partial<Layout>[] = [
    { errors: Math.min(full.errors, 3) },
    { figures: 'large' },
    { errors: Math.min(full.errors, 1), notices: Math.min(notices.length, 1) },
    { figures: 'small' },
    { airy: false },
    { errors: 0 },
    { figures: 'line' },
    { notices: 0 },
    { checkpoint: false },
    { lag: false },
    { totals: false },
    { progress: false },
    { hint: false },
    { detail: false },
    { table: false },
  ];
  const available = rows - 1;
  const enough = Math.min(full.nodes, FEWEST_NODES);
  let layout = full;
  for (const reduction of reductions) {
    if (linesBeside(layout) + enough <= available) break;
    layout = { ...layout, ...reduction };
  }
  const nodes = layout.table ? Math.min(full.nodes, available - linesBeside(layout)) : 0;
  return { ...layout, nodes: Math.max(0, nodes) };
}

/** All lines but the node rows. */
function linesBeside(layout: Layout): number {
  const header = 1 + Number(layout.detail);
  const facts =
    Number(layout.progress) + Number(layout.totals) + Number(layout.lag) + Number(layout.checkpoint);
  const errors = layout.errors > 0 ? 1 + layout.errors : 0;
  const parts = [
    header,
    figureLines[layout.figures],
    facts,
    Number(layout.table),
    errors,
    layout.notices,
    Number(layout.hint),
  ];
  const gaps = layout.airy ? parts.filter((lines) => lines > 0).length - 1 : 0;
  return parts.reduce((sum, lines) => sum + lines, gaps);
}
