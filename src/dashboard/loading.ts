import type { SingleBar } from 'cli-progress';
import type { StateLoading } from '../runtime/assembly.ts';
import { chooseDashboard } from './dashboard.ts';
import { exact } from './format.ts';
import { progressBar } from './progress-bar.ts';

/** Below this many keys the state is there before a bar could be read. */
const MANY_KEYS = 50_000;

export interface LoadingBar {
  show(progress: StateLoading): void;
  /** Takes the bar away; may be called more than once. */
  stop(): void;
}

const wordings = [
  'loading state {bar} {percentage} % of {keys} keys, {eta_formatted} left',
  'loading state {bar} {percentage} %, {eta_formatted} left',
  'loading state {percentage} %',
];

/** A progress bar while keyed state is loaded, on a terminal; elsewhere one line when it begins. */
export function startLoadingBar(stream: NodeJS.WriteStream, choice: 'auto' | 'always' | 'never'): LoadingBar {
  const isPlain = chooseDashboard(choice, stream, process.env) === 'plain';
  let bar: SingleBar | undefined;
  let begun = false;
  return {
    show({ entries, keys }) {
      if (keys < MANY_KEYS) return;
      if (!begun && isPlain) stream.write(`loading state: ${exact(keys)} keys\n`);
      if (!begun && !isPlain) {
        bar = progressBar(stream, wordings, { longest: { keys: exact(keys) }, clearOnComplete: true });
        bar.start(keys, 0, { keys: exact(keys) });
      }
      begun = true;
      bar?.update(Math.min(entries, keys));
    },
    stop: () => bar?.stop(),
  };
}
