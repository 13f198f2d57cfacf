import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { Page } from '../../src/dashboard/view/page.ts';
import type { Snapshot } from '../../src/metrics/snapshot.ts';
import { draw } from './draw.ts';
import { hostile, NOW, node, runningJob } from './snapshots.ts';

const file = runningJob({ partitions: [], progress: { done: 1.2e9, total: 2.4e9, unit: 'bytes' } });
const waiting = runningJob({
  status: 'waiting',
  detail: 'cassandra: 127.0.0.1:9042 does not answer, 12 s so far',
  throughputPerSecond: 0,
  recentLatency: { p50: null, p95: null, p99: null },
  queueDepth: 10_000,
});
const starting = runningJob({ status: 'starting', nodes: [], partitions: [], errors: [], checkpoint: null });
const large = runningJob({
  read: 9e15,
  written: 9e15,
  throughputPerSecond: 123_456_789,
  recentLatency: { p50: 1e9, p95: 1e9, p99: 1e9 },
  queueDepth: 9e9,
  queueThreshold: 9e9,
  maxQueueDepth: 9e9,
  uptimeMs: 1e12,
  nodes: Array.from({ length: 40 }, (_, index) =>
    node(`node-with-a-long-name-${index}`, 'operator', 'transform', {
      in: 9e15,
      out: 9e15,
      inPerSecond: 9e15,
      outPerSecond: 9e15,
      deadLetters: 9e15,
      dropped: 9e15,
      stateKeys: 9e15,
      watermarkLagMs: 1e13,
    }),
  ),
});
const pages: readonly Page[] = ['overview', 'nodes', 'partitions', 'errors', 'help'];
const keys = { pause() {}, quit() {}, quitting: 'drain and quit' };
const jobs: Record<string, Snapshot> = {
  running: runningJob(),
  hostile: hostile(runningJob()),
  file,
  waiting,
  starting,
  large,
};

describe('the live view', () => {
  test.each([
    [60, 24],
    [100, 40],
    [200, 50],
  ])('of a running job on %i columns and %i rows', async (columns, rows) => {
    const screen = draw(runningJob(), { columns, rows, notices: ['kafka: connected to 127.0.0.1:9092'] });
    await expect(screen.join('\n')).toMatchFileSnapshot(`screens/running-${columns}x${rows}.txt`);
  });

  test.each(pages)('of the page %s', async (page) => {
    const screen = draw(runningJob(), { columns: 80, rows: 24, page, keys });
    await expect(screen.join('\n')).toMatchFileSnapshot(`screens/${page}-80x24.txt`);
  });

  test('shows a long message in full on the page of errors', () => {
    const message = `decode: ${'all of it '.repeat(20)}to its end`;
    const job = runningJob({ errors: [{ at: 0, node: 'actions', message, count: 1 }] });
    const screen = draw(job, { columns: 60, page: 'errors' }).map((line) => line.trim());
    expect(screen.join(' ').replace(/\s+/g, '')).toContain('toitsend');
  });

  test('tells how many errors were alike', () => {
    const errors = [
      { at: NOW, node: 'actions', message: 'decode: no JSON', count: 1 },
      { at: NOW, node: 'actions', message: "can't cast 'x'", count: 12_345 },
    ];
    const screen = draw(runningJob({ errors }), { columns: 80 }).join('\n');
    expect(screen).toContain('0s ago      actions  decode: no JSON');
    expect(screen).toContain("0s ago      actions  ×12.3k can't cast 'x'");
  });

  test('of a file that is half read, and of a job that waits for a server', async () => {
    await expect(draw(file, { columns: 80, rows: 24 }).join('\n')).toMatchFileSnapshot(
      'screens/file-80x24.txt',
    );
    await expect(draw(waiting, { columns: 80, rows: 24 }).join('\n')).toMatchFileSnapshot(
      'screens/waiting-80x24.txt',
    );
  });

  test.each(Object.entries(jobs))('never leaves the terminal, whatever its size (%s)', (_, snapshot) => {
    const notices = [`${'a long notice '.repeat(30)}`];
    for (const columns of [1, 40, 60, 71, 80, 100, 121, 200]) {
      for (const rows of [3, 5, 10, 16, 24, 50]) {
        for (const page of pages) {
          const screen = draw(snapshot, { columns, rows, notices, colors: true, page, keys });
          const widest = Math.max(...screen.map((line) => stringWidth(line)));
          expect(widest, `${page} ${columns}x${rows}`).toBeLessThanOrEqual(columns);
          expect(screen.length, `${page} ${columns}x${rows}`).toBeLessThanOrEqual(rows);
        }
      }
    }
  });

  test('shows nothing of a name that could change the terminal', () => {
    const screen = draw(hostile(runningJob()), { columns: 120 }).join('\n');
    expect(screen.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Cf}|\p{Variation_Selector}/u);
    expect(screen).toContain('�[31mred�[2J�');
    expect(screen).toContain('用户行为事件流');
  });

  test('keeps its columns straight beside names of wide characters', () => {
    const screen = draw(hostile(runningJob()), { columns: 120 });
    const header = screen.find((line) => line.includes('in/s'));
    const rows = screen.slice(screen.indexOf(header!) + 1).slice(0, 5);
    const endOf = (line: string, text: string) =>
      stringWidth(line.slice(0, line.indexOf(text) + text.length));
    for (const row of rows) {
      expect(endOf(row, row.includes('98.7k') ? '98.7k' : '88.0k')).toBe(endOf(header!, 'in/s'));
    }
  });

  test.each([45, 60, 100, 150])('tells files of one long directory apart on %i columns', (columns) => {
    const files = ['clicks.jsonl', 'orders.jsonl', 'views.jsonl'];
    const partitions = files.map((name) => ({
      ...runningJob().partitions[0]!,
      partition: `data/a_rather_long_name_of_a_directory/and_another_one_inside_it/${name}`,
    }));
    const screen = draw(runningJob({ partitions }), { columns, page: 'partitions' });
    const shown = screen.filter((line) => line.includes('active'));
    for (const [index, file] of files.entries())
      expect(shown[index]).toMatch(new RegExp(`^ actions.*${file} +\\S`));
    if (columns >= 150) expect(shown[0]).toContain(partitions[0]!.partition);
  });

  test.each([
    [3, [/● running/, /^ throughput/]],
    [4, [/● running/, /^ throughput/, /^ p pause/]],
    [5, [/● running/, /^ throughput/, /^ totals/, /^ p pause/]],
  ])('leaves no room where there is something to say, on %i rows', (rows, lines) => {
    const screen = draw(runningJob(), { columns: 100, rows, keys });
    expect(screen).toEqual(lines.map((line) => expect.stringMatching(line)));
  });

  test('says how many nodes do not fit', () => {
    const screen = draw(large, { columns: 80, rows: 20 });
    expect(screen.filter((line) => line.includes('node-with')).length).toBeGreaterThanOrEqual(2);
    expect(screen.join('\n')).toMatch(/… \d\d more/);
  });

  test('has colours only where they are wanted', () => {
    expect(draw(runningJob(), { columns: 100, colors: false }).join('')).not.toContain('\u001b');
    expect(draw(runningJob(), { columns: 100, colors: true }).join('')).toContain('\u001b[32m● running');
  });

  test('uses no colour beyond the first sixteen', () => {
    expect(draw(waiting, { columns: 100, colors: true }).join('')).not.toMatch(/\[[34]8[;:]/);
  });

  test('tells what was never written from what was written before', () => {
    const before = draw(waiting, { columns: 100 }).join('\n');
    expect(before).toContain('nothing written lately');
    const never = draw({ ...waiting, written: 0 }, { columns: 100 }).join('\n');
    expect(never).toContain('nothing written yet');
  });

  test('tells while draining what the next Ctrl-C does', () => {
    const screen = draw(runningJob({ status: 'draining' }), { columns: 60, rows: 24 });
    expect(screen.at(-1)).toContain('Ctrl-C again stops at once');
    expect(screen[0]).toContain('draining');
  });
});
