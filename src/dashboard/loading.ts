import { Presets, SingleBar } from 'cli-progress';
import type { StateLoading } from '../runtime/assembly.ts';
import { chooseDashboard } from './dashboard.ts';
import { exact } from './format.ts';

/** Below this many keys the state is there before a bar could be read. */
const MANY_KEYS = 50_000;

export interface LoadingBar {
  show(progress: StateLoading): void;
  /** Takes the bar away; may be called more than once. */
  stop(): void;
}

/** A progress bar while keyed state is loaded, on a terminal; elsewhere one line when it begins. */
export function startLoadingBar(stream: NodeJS.WriteStream, choice: 'auto' | 'always' | 'never'): LoadingBar {
  const isPlain = chooseDashboard(choice, stream, process.env) === 'plain';
  const bar = new SingleBar(
    {
      stream,
      format: 'loading state {bar} {percentage} % of {keys} keys, {eta_formatted} left',
      clearOnComplete: true,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  let begun = false;
  return {
    show({ entries, keys }) {
      if (keys < MANY_KEYS) return;
      if (!begun && isPlain) stream.write(`loading state: ${exact(keys)} keys\n`);
      if (!begun && !isPlain) bar.start(keys, 0, { keys: exact(keys) });
      begun = true;
      if (!isPlain) bar.update(Math.min(entries, keys));
    },
    stop: () => bar.stop(),
  };
}
