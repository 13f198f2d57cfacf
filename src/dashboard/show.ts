import type { Clock } from '../clock.ts';
import type { Snapshot } from '../metrics/snapshot.ts';
import { chooseDashboard, type Dashboard } from './dashboard.ts';
import { isInForeground } from './foreground.ts';
import type { Keys } from './keyboard.ts';
import { takesColors } from './palette.ts';
import { startPlainLines } from './plain.ts';
import { startDashboard } from './start.ts';

export type Choice = 'auto' | 'always' | 'never';

export interface Shown {
  read(): Snapshot;
  readonly clock: Clock;
  readonly choice: Choice;
  readonly keys: Keys;
  /** The first line where there is no live view. */
  readonly greeting: string;
}

/** Shows a job on stderr, live where there is a terminal for it. */
export function show({ read, clock, choice, keys, greeting }: Shown): Dashboard {
  const { stderr } = process;
  if (chooseDashboard(choice, stderr, process.env, isInForeground) === 'plain') {
    const lines = startPlainLines({ read, stream: stderr, clock });
    lines.notice(greeting);
    return lines;
  }
  const keyboard = { input: process.stdin, keys };
  const colors = takesColors(stderr, process.env);
  return startDashboard({ read, stream: stderr, clock, keyboard, colors, isInForeground });
}
