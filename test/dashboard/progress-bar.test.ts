import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { startLoadingBar } from '../../src/dashboard/loading.ts';
import { replayBar } from '../../src/dashboard/replay-bar.ts';
import { FakeTerminal } from './terminal-stream.ts';

/** The lines that the bar has written one over the other; the terminal cuts those that are too long. */
function linesOf({ written }: FakeTerminal): string[] {
  const frames = written.split('\u001b[0K').slice(0, -1);
  return frames.map((frame) => frame.slice(frame.lastIndexOf('\u001b[1G') + 4));
}

test.each([
  [20, /^300 of 300, 0s left$/],
  [40, /^█{10,} 300 of 300, 0s left$/],
  [57, /^█{10,} 300 of 300 dead letters, 0s left$/],
  [80, /^replaying █{10,} 300 of 300 dead letters, 0s left$/],
  [200, /^replaying █{40} 300 of 300 dead letters, 0s left$/],
])('the bar of a replay fits on %i columns, with what is left', (columns, whole) => {
  const terminal = new FakeTerminal(columns, 24);
  const bar = replayBar(300, 'always', terminal.stream);
  bar.start();
  bar.show(300);
  bar.stop();
  expect(linesOf(terminal).at(-1)).toMatch(whole);
  for (const line of linesOf(terminal)) expect(stringWidth(line)).toBeLessThan(columns);
});

test.each([
  [20, /^loading state 50 %$/],
  [50, /^loading state █+░+ 50 %, 0s left$/],
  [80, /^loading state █+░+ 50 % of 100,000 keys, 0s left$/],
])('so does that of the loading of state on %i columns', (columns, half) => {
  const terminal = new FakeTerminal(columns, 24);
  const bar = startLoadingBar(terminal.stream, 'always');
  bar.show({ entries: 50_000, keys: 100_000 });
  bar.stop();
  expect(linesOf(terminal).at(-1)).toMatch(half);
  for (const line of linesOf(terminal)) expect(stringWidth(line)).toBeLessThan(columns);
});

test('a bar changes nothing of the terminal that a shell would miss after Ctrl-Z', () => {
  const terminal = new FakeTerminal(80, 24);
  const bar = replayBar(300, 'always', terminal.stream);
  bar.start();
  bar.show(1);
  expect(terminal.written).not.toContain('\u001b[?');
  bar.stop();
});
