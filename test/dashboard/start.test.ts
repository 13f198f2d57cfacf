import { describe, expect, test, vi } from 'vitest';
import { chooseDashboard } from '../../src/dashboard/dashboard.ts';
import { takesColors } from '../../src/dashboard/palette.ts';
import { startPlainLines } from '../../src/dashboard/plain.ts';
import { startDashboard } from '../../src/dashboard/start.ts';
import { runningJob } from './snapshots.ts';
import { FakeTerminal, TickingClock } from './terminal-stream.ts';

const ENTER_ALTERNATE_SCREEN = '\u001b[?1049h';
const LEAVE_ALTERNATE_SCREEN = '\u001b[?1049l';
const SHOW_CURSOR = '\u001b[?25h';

function start(isInForeground = () => true) {
  const terminal = new FakeTerminal(80, 24);
  const clock = new TickingClock();
  const dashboard = startDashboard({
    read: () => runningJob(),
    stream: terminal.stream,
    clock,
    colors: false,
    isInForeground,
  });
  return { terminal, clock, dashboard };
}

describe('the live view on a terminal', () => {
  test('draws nothing for a job that is done at once', async () => {
    const { terminal, dashboard } = start();
    dashboard.notice('a notice');
    await dashboard.stop();
    expect(terminal.written).toBe('a notice\n');
  });

  test('takes the alternate screen, gives it back, and prints the notices then', async () => {
    const { terminal, clock, dashboard } = start();
    dashboard.notice('kafka: reconnecting');
    clock.tick();
    await vi.waitFor(() => expect(terminal.written).toContain('98,712 events/s'), { timeout: 10_000 });
    clock.tick();
    await dashboard.stop();
    await dashboard.stop();
    expect(terminal.written.startsWith(ENTER_ALTERNATE_SCREEN)).toBe(true);
    expect(terminal.written.split(LEAVE_ALTERNATE_SCREEN)).toHaveLength(2);
    expect(terminal.written.endsWith('kafka: reconnecting\n')).toBe(true);
    expect(clock.periods).toEqual([]);
  });

  test('draws nothing in the background, and what is new once it is in the foreground', async () => {
    let isInForeground = false;
    const { terminal, clock, dashboard } = start(() => isInForeground);
    clock.tick();
    await vi.waitFor(() => expect(process.listenerCount('SIGCONT')).toBe(1), { timeout: 10_000 });
    clock.tick();
    expect(terminal.written).toBe('');
    isInForeground = true;
    clock.tick();
    await vi.waitFor(() => expect(terminal.written).toContain('98,712 events/s'));
    isInForeground = false;
    process.emit('SIGCONT', 'SIGCONT');
    expect(terminal.written.endsWith(LEAVE_ALTERNATE_SCREEN + SHOW_CURSOR)).toBe(true);
    await dashboard.stop();
    expect(process.listenerCount('SIGCONT')).toBe(0);
    expect(process.listenerCount('SIGTSTP')).toBe(0);
  });

  test('looks at most ten times a second', () => {
    expect(start().clock.periods).toEqual([500]);
  });

  test('paints anew when the terminal is resized', async () => {
    const { terminal, clock, dashboard } = start();
    clock.tick();
    await vi.waitFor(() => expect(terminal.written).toContain('98,712'), { timeout: 10_000 });
    terminal.written = '';
    terminal.resize(60, 20);
    expect(terminal.written).toContain('user-actions  ● running        exactly-once effect  2m 14s');
    await dashboard.stop();
  });

  test('writes no more when the terminal is gone', async () => {
    const { terminal, clock, dashboard } = start();
    clock.tick();
    await vi.waitFor(() => expect(terminal.written).toContain('98,712'), { timeout: 10_000 });
    terminal.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await vi.waitFor(() => expect(clock.periods).toEqual([]));
    const written = terminal.written;
    dashboard.notice('nobody reads this');
    await dashboard.stop();
    expect(terminal.written).toBe(written);
  });

  test('leaves the keyboard and the signals alone', async () => {
    const { terminal, clock, dashboard } = start();
    const listeners = process.stdin.listenerCount('readable');
    clock.tick();
    await vi.waitFor(() => expect(terminal.written).toContain('98,712'), { timeout: 10_000 });
    expect(process.stdin.listenerCount('readable')).toBe(listeners);
    expect(process.stdin.isRaw).toBeFalsy();
    await dashboard.stop();
  });
});

describe('the plain lines', () => {
  test('come every five seconds, with the notices between them, until the end', async () => {
    const terminal = new FakeTerminal(0, 0);
    const clock = new TickingClock();
    const lines = startPlainLines({ read: () => runningJob(), stream: terminal.stream, clock });
    expect(clock.periods).toEqual([5000]);
    lines.notice('backpressure: queueSize=10000');
    clock.tick();
    await lines.stop();
    clock.tick();
    expect(terminal.written.split('\n')).toEqual([
      'backpressure: queueSize=10000',
      expect.stringContaining('read 1,234,567'),
      '',
    ]);
  });
});

describe('the choice', () => {
  const terminal = { isTTY: true, columns: 80, rows: 24 };

  test('is the live view on a terminal of known size, unless it is dumb or not wanted', () => {
    expect(chooseDashboard('auto', terminal, { TERM: 'xterm' })).toBe('live');
    expect(chooseDashboard('auto', terminal, { TERM: 'dumb' })).toBe('plain');
    expect(chooseDashboard('always', terminal, { TERM: 'dumb' })).toBe('live');
    expect(chooseDashboard('never', terminal, { TERM: 'xterm' })).toBe('plain');
    expect(chooseDashboard('always', { isTTY: true, columns: 0, rows: 0 }, {})).toBe('plain');
    expect(chooseDashboard('always', {}, {})).toBe('plain');
    expect(chooseDashboard('auto', terminal, { TERM: 'xterm' }, () => false)).toBe('plain');
    expect(chooseDashboard('always', terminal, { TERM: 'xterm' }, () => false)).toBe('live');
  });

  test.each([
    [true, { TERM: 'xterm' }, true],
    [true, { TERM: 'xterm-256color', NO_COLOR: '1' }, false],
    [true, { TERM: 'xterm', NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { TERM: 'xterm' }, false],
    [false, { TERM: 'xterm', FORCE_COLOR: '1' }, true],
    [true, { TERM: 'xterm', FORCE_COLOR: '0' }, false],
  ])('of colours: terminal %s, environment %o → %s', (isTTY, environment, colors) => {
    expect(takesColors({ isTTY }, environment)).toBe(colors);
  });
});
