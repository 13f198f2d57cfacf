/**
 * What it costs a job at full speed to be watched: pairs of a run alone and a run with five `stats` and five `tap`, one
 * of which is stopped. Prints the ratios of throughput and of the job's own processor time (`npm run bench:watched`).
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Cost, measure, median } from './measure.ts';
import { openStage } from './stage.ts';

const EVENTS = Number(process.env.BENCH_EVENTS ?? 1_000_000);
const PAIRS = Number(process.env.BENCH_PAIRS ?? 5);
const sluice = join(import.meta.dirname, '..', 'bin', 'run.js');
const stage = await openStage(EVENTS);
const state = { ...process.env, SLUICE_HOME: join(stage.dir, 'state') };

async function run(): Promise<Cost> {
  const from = await stage.lines(EVENTS);
  const job = [
    'transform',
    '--name',
    'watched',
    '--from',
    from,
    '--where',
    'value > 1',
    '--set',
    'double=value * 2',
  ];
  const rest = ['--to', join(stage.dir, 'out.jsonl'), '--restart', '--json', '--dashboard', 'never'];
  return measure([sluice, ...job, ...rest], { dir: stage.dir, events: EVENTS });
}

async function watchedRun(): Promise<Cost> {
  const cost = run();
  const socket = join(stage.dir, 'state', 'run', 'watched.sock');
  while (!existsSync(socket)) await setTimeout(5);
  const watch = (...args: string[]) =>
    spawn(process.execPath, [sluice, ...args], { env: state, stdio: 'ignore' });
  const stats = Array.from({ length: 5 }, () => watch('stats', 'watched', '--json'));
  const taps = Array.from({ length: 5 }, () => watch('tap', 'watched'));
  setTimeout(1000).then(() => taps[0]!.kill('SIGSTOP'));
  const result = await cost;
  for (const watcher of [...stats, ...taps]) watcher.kill('SIGKILL');
  return result;
}

try {
  const ratios: { speed: number; cpu: number }[] = [];
  await run();
  for (let pair = 0; pair < PAIRS; pair++) {
    const alone = await run();
    const watched = await watchedRun();
    ratios.push({ speed: alone.seconds / watched.seconds, cpu: alone.cpuSeconds / watched.cpuSeconds });
  }
  const speed = median(ratios.map((ratio) => ratio.speed));
  const cpu = median(ratios.map((ratio) => ratio.cpu));
  process.stdout.write(
    `watched by ten: ${speed.toFixed(3)} of the speed alone, ${cpu.toFixed(3)} in processor time of the job\n`,
  );
} finally {
  await stage.close();
}
