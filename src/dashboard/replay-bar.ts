import { Presets, SingleBar } from 'cli-progress';
import { chooseDashboard } from './dashboard.ts';
import { plural } from './format.ts';

/** How far a replay has come, on stderr. */
export interface ReplayBar {
  start(): void;
  show(done: number): void;
  stop(): void;
}

/** A bar where a person looks, else one line. */
export function replayBar(letters: number, choice: 'auto' | 'always' | 'never' = 'auto'): ReplayBar {
  const { stderr } = process;
  if (chooseDashboard(choice, stderr, process.env) === 'plain') {
    const line = `replaying ${plural(letters, 'dead letter')}\n`;
    return { start: () => stderr.write(line), show() {}, stop() {} };
  }
  const format = 'replaying {bar} {value} of {total} dead letters, {eta_formatted} left';
  const bar = new SingleBar({ stream: stderr, format, hideCursor: true }, Presets.shades_classic);
  return { start: () => bar.start(letters, 0), show: (done) => bar.update(done), stop: () => bar.stop() };
}
