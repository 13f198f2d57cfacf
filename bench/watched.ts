/**
 * What it costs a job at full speed to be watched: one job that goes on, with spells in which nobody watches and spells
 * with five `stats` and five `tap` attached, one of which is stopped, in turn. Prints the median ratios of events per
 * second, and per second of the job's own processor time (`npm run bench:watched`; Linux).
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ask } from '../src/control/client.ts';
import { median } from './measure.ts';
import { openStage } from './stage.ts';

const PAIRS = Number(process.env.BENCH_PAIRS ?? 8);
const SPELL_MS = Number(process.env.BENCH_SPELL_MS ?? 5000);
const EVENTS = 1_000_000;
const FILES = 1000;
const sluice = join(import.meta.dirname, '..', 'bin', 'run.js');
const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const stage = await openStage(EVENTS);
const socket = join(stage.dir, 'state', 'run', 'watched.sock');
const running: ChildProcess[] = [];

function start(...args: string[]): ChildProcess {
  const env = { ...process.env, SLUICE_HOME: join(stage.dir, 'state') };
  const child = spawn(process.execPath, [sluice, ...args], { env, stdio: 'ignore' });
  running.push(child);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  running.splice(running.indexOf(child), 1);
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** Starts a job that reads the same events again and again. */
async function startJob(): Promise<ChildProcess> {
  const lines = await stage.lines(EVENTS);
  for (let file = 0; file < FILES; file++) symlinkSync(lines, join(stage.dir, `again-${file}.jsonl`));
  const steps = ['--where', 'value > 1', '--set', 'double=value * 2'];
  const from = join(stage.dir, 'again-*.jsonl');
  const job = start('transform', '--name', 'watched', '--from', from, ...steps, '--to', '-');
  while (!existsSync(socket)) await setTimeout(5);
  return job;
}

async function eventsRead(): Promise<number> {
  for await (const reply of ask(socket, { watch: 'stats', interval: 60_000 })) {
    if ('snapshot' in reply) return reply.snapshot.read;
  }
  throw new Error('the job has ended');
}

function processorSeconds({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Events per second, and per second of processor time, in the spell that begins now. */
async function speeds(job: ChildProcess): Promise<readonly [number, number]> {
  const [from, spent, began] = [await eventsRead(), processorSeconds(job), performance.now()];
  await setTimeout(SPELL_MS);
  const [to, spentSince, ended] = [await eventsRead(), processorSeconds(job), performance.now()];
  return [(to - from) / ((ended - began) / 1000), (to - from) / (spentSince - spent)];
}

async function watchedSpeeds(job: ChildProcess): Promise<readonly [number, number]> {
  const stats = Array.from({ length: 5 }, () => start('stats', 'watched', '--json'));
  const taps = Array.from({ length: 5 }, () => start('tap', 'watched'));
  // Until all have started.
  await setTimeout(6000);
  taps[0]!.kill('SIGSTOP');
  const watchers = [...stats, ...taps];
  if (watchers.some(({ exitCode }) => exitCode !== null)) throw new Error('a watcher has ended');
  const result = await speeds(job);
  for (const watcher of watchers) await end(watcher);
  return result;
}

try {
  const job = await startJob();
  await setTimeout(SPELL_MS);
  const ratios: (readonly [number, number])[] = [];
  let before = await speeds(job);
  for (let pair = 0; pair < PAIRS; pair++) {
    const watched = await watchedSpeeds(job);
    await setTimeout(1000);
    const after = await speeds(job);
    ratios.push([(2 * watched[0]) / (before[0] + after[0]), (2 * watched[1]) / (before[1] + after[1])]);
    before = after;
  }
  const [speed, cpu] = [0, 1].map((figure) => median(ratios.map((ratio) => ratio[figure]!)));
  const each = ratios.map(([ratio]) => ratio.toFixed(2)).join(' ');
  process.stdout.write(
    `watched by ten: ${speed!.toFixed(3)} of the speed alone (${each}), ${cpu!.toFixed(3)} in processor time of the job\n`,
  );
} finally {
  for (const child of [...running]) await end(child);
  await stage.close();
}
