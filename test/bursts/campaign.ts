import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/clock.ts';
import { Random } from '../../src/sources/generate/random.ts';
import { bursts, type Item, inTime } from '../properties/detect-oracle.ts';
import { burstsOf, type Clicks, WINDOW } from './stream.ts';

const sluice = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const PATTERN = "COUNT(*) > 10 IN 30s WHERE action = 'click'";

export interface Outcome {
  readonly events: number;
  readonly expected: readonly string[];
  /** What each way of running the job gave. */
  readonly straight: readonly string[];
  readonly inBatches: readonly string[];
  readonly killed: readonly string[];
  readonly kills: number;
}

/** Runs the pattern on random bursts, by the command line, and looks for them by its definition. */
export async function runBursts(count: number, seed: number): Promise<Outcome> {
  const stream = burstsOf(count, seed);
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bursts-'));
  try {
    writeFileSync(
      join(folder, 'in.jsonl'),
      stream.clicks.map((click) => `${JSON.stringify(click)}\n`).join(''),
    );
    const straight = await runThrough(folder, 'straight', []);
    const inBatches = await runThrough(folder, 'batches', ['--queue-threshold', '7', '--batch-size', '7']);
    const { alerts: killed, kills } = await runAndKill(folder, seed);
    return { events: stream.clicks.length, expected: expectedOf(stream), straight, inBatches, killed, kills };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function expectedOf({ clicks, delay }: Clicks): string[] {
  const items = clicks.map(
    ({ user, action, time }): Item => ({ key: user, kind: action === 'click' ? 'a' : 'c', value: 0, time }),
  );
  const counted = inTime(items, delay).filter(({ kind }) => kind === 'a');
  return bursts(counted, WINDOW, (within) => within.length > 10)
    .map(({ key, time }) => lineOf(key!, time))
    .toSorted();
}

async function runThrough(folder: string, name: string, more: readonly string[]): Promise<string[]> {
  const { code, complaints } = await start(folder, detect(name, more)).end;
  if (code !== 0) throw new Error(`${name}: exit ${code}\n${complaints}`);
  return alertsIn(folder, name);
}

/** Kills each life of the job after a while, until one comes to its end. */
async function runAndKill(folder: string, seed: number): Promise<{ alerts: string[]; kills: number }> {
  const random = new Random(seed);
  const name = 'killed';
  let isBegun = false;
  let kills = 0;
  for (let life = 0; ; life++) {
    random.startEvent(life);
    const args = isBegun ? ['recover', name] : detect(name, ['--checkpoint-interval', '50ms']);
    const { child, end } = start(folder, args);
    const over = new AbortController();
    void end.then(() => over.abort());
    // Each life is given more than the one before, so that one of them comes to an end.
    await systemClock.sleep(500 * 1.2 ** life + random.integer(500), over.signal);
    child.kill('SIGKILL');
    const { code, complaints } = await end;
    if (code === 0) return { alerts: alertsIn(folder, name), kills };
    if (code === null) kills++;
    // The job was killed before its first checkpoint, or behind it.
    else if (code === 2) isBegun = !isBegun;
    else throw new Error(`${args.join(' ')}: exit ${code}\n${complaints}`);
  }
}

function detect(name: string, more: readonly string[]): string[] {
  const from = ['--from', 'in.jsonl', '--time', 'time', '--watermark', '5s', '--key', 'user'];
  return ['detect', ...from, '--pattern', PATTERN, '--to', `file:${name}.jsonl`, '--name', name, ...more];
}

function start(folder: string, args: readonly string[]) {
  const child = spawn(process.execPath, [sluice, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, SLUICE_HOME: join(folder, 'home') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const end = Promise.all([once(child, 'close'), text(child.stderr)]).then(([[code], complaints]) => ({
    code: code as number | null,
    complaints,
  }));
  return { child, end };
}

function alertsIn(folder: string, name: string): string[] {
  const lines = readFileSync(join(folder, `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  return lines
    .map((line) => {
      const { user, time } = JSON.parse(line) as { user: string; time: string };
      return lineOf(user, Date.parse(time));
    })
    .toSorted();
}

function lineOf(user: string, time: number): string {
  return `${user} ${time}`;
}
