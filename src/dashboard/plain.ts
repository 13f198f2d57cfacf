import type { Millis } from '../clock.ts';
import type { Snapshot } from '../metrics/snapshot.ts';
import type { Dashboard, DashboardOptions } from './dashboard.ts';
import { compact, duration, exact, latency, percent, rate } from './format.ts';
import { displayable } from './text.ts';

const LINE_PERIOD: Millis = 5000;

/** Where there is no terminal: a line every five seconds. */
export function startPlainLines(options: Pick<DashboardOptions, 'read' | 'stream' | 'clock'>): Dashboard {
  const { read, stream, clock } = options;
  const write = (line: string): void => {
    stream.write(`${line}\n`);
  };
  const cancel = clock.every(LINE_PERIOD, () => write(plainLine(read())));
  // Stays for good: what is written at the end may fail too, and is missed by nobody.
  stream.on('error', cancel);
  return {
    notice: write,
    leave: cancel,
    stop: async () => cancel(),
  };
}

/**
 * `12s  read 1,234,567 (98.7k/s)  written 1,230,000  p95 12 ms  queue 312/10000  dropped 0  dead letters 3`, then
 * what there is of lag and progress, and the status unless the job simply runs.
 */
export function plainLine(snapshot: Snapshot): string {
  const parts = [
    duration(snapshot.uptimeMs).padStart(3),
    `read ${exact(snapshot.read)} (${rate(snapshot.throughputPerSecond)}/s)`,
    `written ${exact(snapshot.written)}`,
    `p95 ${latency(snapshot.recentLatency.p95)}`,
    `queue ${snapshot.queueDepth}/${snapshot.queueThreshold}`,
    `dropped ${exact(snapshot.dropped)}`,
    `dead letters ${exact(snapshot.deadLetters)}`,
  ];
  const lags = snapshot.partitions.map((partition) => partition.lag).filter((lag) => lag !== null);
  if (lags.length > 0) parts.push(`lag ${compact(lags.reduce((sum, lag) => sum + lag, 0))}`);
  if (snapshot.progress !== null && snapshot.progress.total > 0) {
    parts.push(`progress ${percent((snapshot.progress.done / snapshot.progress.total) * 100)}`);
  }
  if (snapshot.status !== 'running') {
    const detail = snapshot.detail === null ? '' : `: ${displayable(snapshot.detail)}`;
    parts.push(snapshot.status + detail);
  }
  return parts.join('  ');
}
