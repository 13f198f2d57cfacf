import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Workplace } from './sluice.ts';

const EVENTS = 40_000;
const sluice = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

/** Mounts that only one process and its children see; not every machine allows them. */
const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

/** Runs shell commands where `small` is a file system of 2 MB, and gives what they print. */
function onSmallDisk(place: Workplace, script: string): string {
  const { stdout, stderr } = spawnSync(
    'unshare',
    ['-rm', 'sh', '-c', `mkdir small && mount -t tmpfs -o size=2m tmpfs small\n${script}`],
    {
      cwd: place.folder,
      env: { ...process.env, NODE: process.execPath, SLUICE: sluice, NODE_NO_WARNINGS: '1' },
      encoding: 'utf8',
    },
  );
  return stdout + stderr;
}

describe.runIf(canMount)('a disk that is full', { timeout: 120_000 }, () => {
  it.each([
    ['rows and checkpoints in a SQLite file', 'home', 'sqlite:small/out.db#rows'],
    ['a file, and not of its checkpoints', 'home', 'small/out.jsonl'],
    ['a file with its checkpoints', 'small/home', 'small/out.jsonl'],
  ])('of %s: code 3, and all is there once there is room', (_, home, to) => {
    const place = new Workplace();
    const said = onSmallDisk(
      place,
      `export SLUICE_HOME=${home}
      $NODE $SLUICE ingest --from 'generate:clicks?count=${EVENTS}' --to ${to} --name full --checkpoint-interval 100ms
      echo "ended $?"
      $NODE $SLUICE recover full
      echo "still full $?"
      mount -o remount,size=100m small
      $NODE $SLUICE recover full
      echo "recovered $?"
      test -e small/out.db && sqlite3 -json small/out.db 'SELECT * FROM rows' > rows.txt
      test -e small/out.jsonl && cp small/out.jsonl rows.txt`,
    );
    expect(said).toMatch(/disk is full/);
    expect(said).toContain('ended 3');
    expect(said).toContain('resume it with sluice recover full');
    expect(said).toContain('still full 3');
    expect(said).not.toMatch(/DEBUG|^ +at .*:\d+/m);
    expect(said).toContain('recovered 0');
    const rows = readFileSync(place.path('rows.txt'), 'utf8').trim().split('\n');
    expect([rows.length, new Set(rows).size]).toEqual([EVENTS, EVENTS]);
  });
});
