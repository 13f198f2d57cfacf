import type { Clock } from '../clock.ts';
import type { Snapshot } from '../metrics/snapshot.ts';
import { chooseDashboard, type Dashboard } from './dashboard.ts';
import { takesColors } from './palette.ts';
import { startPlainLines } from './plain.ts';
import { startDashboard } from './start.ts';

export type Choice = 'auto' | 'always' | 'never';

export interface Shown {
  read(): Snapshot;
  readonly clock: Clock;
  readonly choice: Choice;
  /** The first line where there is no live view. */
  readonly greeting: string;
}

/** Shows a job on stderr, live where there is a terminal for it. */
export function show({ read, clock, choice, greeting }: Shown): Dashboard {
  const { stderr } = process;
  if (chooseDashboard(choice, stderr, process.env) === 'plain') {
    const lines = startPlainLines({ read, stream: stderr, clock });
    lines.notice(greeting);
    return lines;
  }
  return startDashboard({ read, stream: stderr, clock, colors: takesColors(stderr, process.env) });
}
