import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import stringWidth from 'string-width';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { History } from '../../src/dashboard/history.ts';
import type { Page } from '../../src/dashboard/view/page.ts';
import type { Snapshot } from '../../src/metrics/snapshot.ts';
import { draw } from './draw.ts';
import { hostile, kinds, runningJob } from './snapshots.ts';
import { Tmux, tmuxVersion } from './tmux.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const project = fileURLToPath(new URL('tsconfig.demo.json', import.meta.url));
const source = fileURLToPath(new URL('./demo.ts', import.meta.url));
const built = `${root}node_modules/.cache/sluice-dashboard-demo/`;
const demo = source.replace(root, built).replace(/ts$/, 'js');
const keys = { pause() {}, quit() {}, quitting: 'drain and quit' };
const notices = ['kafka: connected to 127.0.0.1:9092'];
const patience = { timeout: 15_000, interval: 50 };

/** The screen that the strings promise for a job that has just begun to be watched. */
function expected(snapshot: Snapshot, columns: number, rows: number, page: Page = 'overview'): string {
  const history = new History();
  history.add(snapshot);
  return draw(snapshot, { columns, rows, history, notices, keys, page }).join('\n').trimEnd();
}

describe.runIf(tmuxVersion)('the live view in a real pseudo-terminal', () => {
  let terminal: Tmux;

  beforeAll(() => {
    execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', project]);
  });
  afterEach(() => terminal.close());

  function show(
    kind: 'still' | 'hostile' | 'moving' | keyof typeof kinds,
    columns: number,
    rows: number,
  ): void {
    const environment = ['env', '-u', 'FORCE_COLOR', '-u', 'NODE_ENV', '-u', 'CI', `DEMO=${kind}`];
    terminal = new Tmux([...environment, process.execPath, demo], { columns, rows });
  }

  async function sees(screen: string): Promise<void> {
    await vi.waitFor(() => expect(terminal.screen()).toBe(screen), patience);
  }

  test('is the same as its strings, at first and after each resize', async () => {
    show('still', 100, 40);
    for (const [columns, rows] of [
      [100, 40],
      [60, 24],
      [200, 50],
      [80, 12],
      [61, 45],
    ] as const) {
      terminal.resize(columns, rows);
      await sees(expected(runningJob(), columns, rows));
    }
  });

  test('stays whole under names of wide characters and escape sequences', async () => {
    show('hostile', 100, 40);
    await sees(expected(hostile(runningJob()), 100, 40));
    terminal.resize(60, 30);
    await sees(expected(hostile(runningJob()), 60, 30));
  });

  test('moves, and never wraps while it does', async () => {
    show('moving', 60, 24);
    const seen = new Set<string>();
    await vi.waitFor(() => {
      const screen = terminal.screen();
      seen.add(/[\d,]+ events\/s/.exec(screen)?.[0] ?? '');
      expect(screen.split('\n')[0]).toMatch(/^ user-actions {2}● running +exactly-once effect {2}\d+s$/);
      expect(Math.max(...screen.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(60);
      expect(seen.size).toBeGreaterThan(4);
    }, patience);
  });

  test.each(
    (['loaded', 'failing', 'draining'] as const).flatMap((kind) =>
      (
        [
          [60, 24],
          [100, 40],
          [200, 50],
        ] as const
      ).map((size) => [kind, ...size] as const),
    ),
  )('looks like this when it is %s, on %i columns and %i rows', async (kind, columns, rows) => {
    show(kind, columns, rows);
    await sees(expected(kinds[kind], columns, rows));
    await expect(`${terminal.screen()}\n`).toMatchFileSnapshot(
      `screens/terminal-${kind}-${columns}x${rows}.txt`,
    );
  });

  test('turns its pages with tab, shows what the keys do, pauses and drains', async () => {
    show('still', 80, 30);
    await sees(expected(runningJob(), 80, 30));
    for (const page of ['nodes', 'partitions', 'errors', 'overview'] as const) {
      terminal.keys('Tab');
      await sees(expected(runningJob(), 80, 30, page));
    }
    terminal.keys('?');
    await sees(expected(runningJob(), 80, 30, 'help'));
    terminal.keys('?', 'p');
    await sees(expected(runningJob({ status: 'paused' }), 80, 30));
    terminal.keys('Up', 'x', 'p', 'q');
    await sees(expected(runningJob({ status: 'draining' }), 80, 30));
  });

  test('says after Ctrl-C that it drains, without a trace of the key', async () => {
    show('still', 80, 30);
    await sees(expected(runningJob(), 80, 30));
    terminal.keys('C-c');
    await sees(expected(runningJob({ status: 'draining' }), 80, 30));
  });

  test('gives the terminal back at the end, with the notices and what the caller prints', async () => {
    show('still', 80, 30);
    await sees(expected(runningJob(), 80, 30));
    expect([terminal.flag('alternate_on'), terminal.flag('cursor_flag')]).toEqual(['1', '0']);
    terminal.keys('C-\\');
    await vi.waitFor(() => expect(terminal.screen()).toContain(`${notices[0]}\nthe summary\n`), patience);
    expect([terminal.flag('alternate_on'), terminal.flag('cursor_flag')]).toEqual(['0', '1']);
  });

  test('gives the terminal to the shell while it is suspended, and is whole again after it', async () => {
    show('still', 80, 30);
    await sees(expected(runningJob(), 80, 30));
    terminal.keys('C-z');
    await vi.waitFor(() => expect(terminal.screen()).toContain('Stopped'), patience);
    expect([terminal.flag('alternate_on'), terminal.flag('cursor_flag')]).toEqual(['0', '1']);
    terminal.keys('fg', 'Enter');
    await sees(expected(runningJob(), 80, 30));
    expect([terminal.flag('alternate_on'), terminal.flag('cursor_flag')]).toEqual(['1', '0']);
  });

  test('draws nothing in the background, and takes screen and keyboard in the foreground', async () => {
    show('still', 80, 30);
    await sees(expected(runningJob(), 80, 30));
    terminal.keys('C-z');
    await vi.waitFor(() => expect(terminal.screen()).toContain('Stopped'), patience);
    terminal.keys('clear; bg; sleep 1.5; echo "after $((1 + 1)) frames"', 'Enter');
    await vi.waitFor(() => expect(terminal.screen()).toContain('after 2 frames'), patience);
    expect(terminal.screen()).not.toContain('user-actions');
    expect([terminal.flag('alternate_on'), terminal.flag('cursor_flag')]).toEqual(['0', '1']);
    terminal.resize(100, 40);
    terminal.keys('fg', 'Enter');
    await sees(expected(runningJob(), 100, 40));
    terminal.keys('p');
    await sees(expected(runningJob({ status: 'paused' }), 100, 40));
  });

  test('gives the terminal back also when a second Ctrl-C ends the process at once', async () => {
    show('still', 80, 30);
    await sees(expected(runningJob(), 80, 30));
    terminal.keys('C-c');
    await sees(expected(runningJob({ status: 'draining' }), 80, 30));
    terminal.keys('C-c');
    await vi.waitFor(() => expect(terminal.flag('alternate_on')).toBe('0'), patience);
    terminal.keys('echo "exit code $?"', 'Enter');
    await vi.waitFor(() => expect(terminal.screen()).toContain('exit code 130'), patience);
    expect(terminal.screen()).toContain(`${notices[0]}\nstopped at once\n`);
    expect(terminal.flag('cursor_flag')).toBe('1');
  });
});
