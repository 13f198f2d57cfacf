import { renderToString } from 'ink';
import { createElement } from 'react';
import { History } from '../../src/dashboard/history.ts';
import type { Keys } from '../../src/dashboard/keyboard.ts';
import { createPalette } from '../../src/dashboard/palette.ts';
import { Frame } from '../../src/dashboard/view/frame.tsx';
import { layOut } from '../../src/dashboard/view/layout.ts';
import type { Page } from '../../src/dashboard/view/page.ts';
import type { Snapshot } from '../../src/metrics/snapshot.ts';
import { NOW } from './snapshots.ts';

/** The lines of the live view in a terminal of that size. */
export function draw(
  snapshot: Snapshot,
  terminal: {
    columns: number;
    rows?: number;
    colors?: boolean;
    history?: History;
    notices?: string[];
    page?: Page;
    keys?: Keys | null;
  },
): string[] {
  const {
    columns,
    rows = 50,
    colors = false,
    history = lastMinute(snapshot),
    notices = [],
    page = 'overview',
    keys = null,
  } = terminal;
  const layout = layOut({ snapshot, notices, page }, columns, rows);
  const view = { snapshot, history, notices, page, keys, layout, palette: createPalette(colors), now: NOW };
  return renderToString(createElement(Frame, { view }), { columns }).split('\n');
}

/** A minute that led to the snapshot: throughput rises, latency and the queue swing. */
function lastMinute(snapshot: Snapshot): History {
  const history = new History();
  for (let second = 0; second < 60; second++) {
    history.add({
      ...snapshot,
      uptimeMs: snapshot.uptimeMs - (60 - second) * 1000,
      throughputPerSecond: snapshot.throughputPerSecond * Math.min(1, (second + 5) / 40),
      queueDepth: Math.round(snapshot.queueThreshold * (0.4 + 0.35 * Math.sin(second / 6))),
      recentLatency: { p50: 4, p95: second < 3 ? null : 12 + 9 * Math.sin(second / 9), p99: 40 },
      progress: snapshot.progress && {
        ...snapshot.progress,
        done: (snapshot.progress.done * second) / 60,
      },
    });
  }
  return history;
}
