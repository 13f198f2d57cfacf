import type { Snapshot } from '../../metrics/snapshot.ts';
import type { Page } from './page.ts';

/** What of the view is shown, and how many lines each part takes, so that the whole fits the terminal. */
export interface Layout {
  /** Inside the margins. */
  readonly width: number;
  readonly figures: 'tall' | 'large' | 'small' | 'line' | 'none';
  /** Blank lines between the parts. */
  readonly airy: boolean;
  readonly detail: boolean;
  readonly progress: boolean;
  readonly totals: boolean;
  readonly lag: boolean;
  readonly watermark: boolean;
  readonly checkpoint: boolean;
  /** Errors and alerts listed; 0 leaves the part out. On their own page, the lines that they may take. */
  readonly errors: number;
  readonly alerts: number;
  /** The newest notices shown. */
  readonly notices: number;
  /** Rows of nodes, of which the last says how many more there are when not all fit. */
  readonly nodes: number;
  /** Whether there is a table of nodes at all. */
  readonly table: boolean;
  /** Lines of partitions and of help, on the pages of their own. */
  readonly partitions: number;
  readonly help: number;
  readonly hint: boolean;
}

export const figureLines = { tall: 7, large: 6, small: 3, line: 1, none: 0 } as const;

const MARGINS = 2;
const WIDEST = 150;
/** So few node rows are shown before other parts give way. */
const FEWEST_NODES = 3;

/** Gives up first what matters least, until the rest fits in `rows`. One line stays free for the cursor. */
export function layOut(
  { snapshot, notices, page }: { snapshot: Snapshot; notices: readonly string[]; page: Page },
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
    watermark: snapshot.nodes.some((node) => node.watermarkLagMs !== null),
    checkpoint: snapshot.checkpoint !== null,
    errors: snapshot.errors.length,
    alerts: snapshot.alerts.length,
    notices: Math.min(notices.length, 2),
    nodes: snapshot.nodes.length,
    table: true,
    partitions: 0,
    help: 0,
    hint: true,
  };
  if (page !== 'overview') return onePage(page, full, snapshot, rows - 1);
  const reductions: Partial<Layout>[] = [
    { errors: Math.min(full.errors, 3), alerts: Math.min(full.alerts, 3) },
    { figures: 'large' },
    {
      errors: Math.min(full.errors, 1),
      alerts: Math.min(full.alerts, 1),
      notices: Math.min(notices.length, 1),
    },
    { figures: 'small' },
    { airy: false },
    { errors: 0, alerts: 0 },
    { figures: 'line' },
    { notices: 0 },
    { checkpoint: false },
    { watermark: false },
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
  if (!layout.table) layout = filled(layout, full, available);
  const nodes = layout.table ? Math.min(full.nodes, available - linesBeside(layout)) : 0;
  return { ...layout, nodes: Math.max(0, nodes) };
}

/** Where the table does not fit: what was given up for it comes back, what matters most first, as far as there is room. */
function filled(layout: Layout, full: Layout, available: number): Layout {
  const { detail, hint, progress, totals, lag, watermark, checkpoint } = full;
  const parts = [{ detail }, { hint }, { progress }, { totals }, { lag }, { watermark }, { checkpoint }];
  let shown = layout;
  for (const part of parts) {
    const more = { ...shown, ...part };
    if (linesBeside(more) <= available) shown = more;
  }
  return shown;
}

/** Beside the header, all the room for one thing. */
function onePage(page: Page, full: Layout, snapshot: Snapshot, available: number): Layout {
  const airy = available > 16;
  const head = 1 + Number(full.detail) + Number(airy);
  const foot = 1 + Number(airy);
  const room = Math.max(0, available - head - foot);
  const below = Math.max(0, room - 1);
  const messages = page === 'errors' ? room : 0;
  return {
    ...full,
    figures: 'none',
    airy,
    progress: false,
    totals: false,
    lag: false,
    watermark: false,
    checkpoint: false,
    notices: 0,
    ...sharedOut(messages, snapshot, airy),
    table: page === 'nodes' && room > 0,
    nodes: page === 'nodes' ? Math.min(full.nodes, below) : 0,
    partitions: page === 'partitions' ? Math.min(snapshot.partitions.length, below) : 0,
    help: page === 'help' ? room : 0,
    hint: available > 3,
  };
}

/** Errors and alerts share their page, each under a title; where there are no alerts, the errors have it all. */
function sharedOut(room: number, { alerts }: Snapshot, airy: boolean): Pick<Layout, 'errors' | 'alerts'> {
  if (alerts.length === 0) return { errors: Math.max(0, room - 1), alerts: 0 };
  const lines = Math.max(0, room - 2 - Number(airy));
  return { errors: Math.ceil(lines / 2), alerts: Math.floor(lines / 2) };
}

/** All lines but the node rows. */
function linesBeside(layout: Layout): number {
  const header = 1 + Number(layout.detail);
  const facts =
    Number(layout.progress) +
    Number(layout.totals) +
    Number(layout.lag) +
    Number(layout.watermark) +
    Number(layout.checkpoint);
  const errors = layout.errors > 0 ? 1 + layout.errors : 0;
  const alerts = layout.alerts > 0 ? 1 + layout.alerts : 0;
  const parts = [
    header,
    figureLines[layout.figures],
    facts,
    Number(layout.table),
    alerts,
    errors,
    layout.notices,
    Number(layout.hint),
  ];
  const gaps = layout.airy ? parts.filter((lines) => lines > 0).length - 1 : 0;
  return parts.reduce((sum, lines) => sum + lines, gaps);
}
