import { chooseDashboard } from './dashboard.ts';
import { plural } from './format.ts';
import { progressBar } from './progress-bar.ts';

/** How far a replay has come, on stderr. */
export interface ReplayBar {
  start(): void;
  show(done: number): void;
  stop(): void;
}

const wordings = [
  'replaying {bar} {value} of {total} dead letters, {eta_formatted} left',
  '{bar} {value} of {total} dead letters, {eta_formatted} left',
  '{bar} {value} of {total}, {eta_formatted} left',
  '{value} of {total}, {eta_formatted} left',
];

/** A bar where a person looks, else one line. */
export function replayBar(
  letters: number,
  choice: 'auto' | 'always' | 'never' = 'auto',
  stream: NodeJS.WriteStream = process.stderr,
): ReplayBar {
  if (chooseDashboard(choice, stream, process.env) === 'plain') {
    const line = `replaying ${plural(letters, 'dead letter')}\n`;
    return { start: () => stream.write(line), show() {}, stop() {} };
  }
  const bar = progressBar(stream, wordings, { longest: { value: String(letters), total: String(letters) } });
  return { start: () => bar.start(letters, 0), show: (done) => bar.update(done), stop: () => bar.stop() };
}
