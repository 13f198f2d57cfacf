import type { Clock } from '../clock.ts';
import type { Snapshot } from '../metrics/snapshot.ts';
import type { Keys } from './keyboard.ts';

/** What shows a running job on stderr: the live view, or a plain line now and then. */
export interface Dashboard {
  /** One line for a person, already sanitized. The live view shows the newest and prints them all when it ends. */
  notice(line: string): void;
  /** Gives the terminal back at once, for a process that is about to exit or has something to say before it does. */
  leave(): void;
  /** Ends it and leaves the terminal as it was; resolves when all is written. May be called again. */
  stop(): Promise<void>;
}

export interface DashboardOptions {
  /** Called a few times a second; must be cheap. */
  read(): Snapshot;
  readonly stream: NodeJS.WriteStream;
  readonly clock: Clock;
  readonly colors: boolean;
  /** Whether the terminal is ours to draw on; asked when it may have changed, and while it is not at each frame. */
  isInForeground(): boolean;
  /** Where keys come from, and what they do; without them the keyboard is left alone. */
  readonly keyboard?: { readonly input: NodeJS.ReadStream; readonly keys: Keys } | undefined;
}

/**
 * The live view needs a terminal of known size, and that the job begins in its foreground: in the background lines can be
 * read, and a view can't. `always` takes it even if `TERM` calls that terminal dumb, and waits for the foreground.
 */
export function chooseDashboard(
  choice: 'auto' | 'always' | 'never',
  stream: { isTTY?: boolean; columns?: number; rows?: number },
  environment: NodeJS.ProcessEnv,
  isInForeground: () => boolean = () => true,
): 'live' | 'plain' {
  if (choice === 'never' || stream.isTTY !== true || !stream.columns || !stream.rows) return 'plain';
  if (choice === 'always') return 'live';
  return environment.TERM !== 'dumb' && isInForeground() ? 'live' : 'plain';
}
