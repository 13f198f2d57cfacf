import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

/** What one run of a program took. */
export interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakRssMb: number;
  /** What a program that times a part of itself says of it. */
  readonly nanoseconds?: number;
}

/** A Node program and its arguments. */
export type Program = readonly string[];

export interface Where {
  /** A folder for what the program leaves. */
  readonly dir: string;
  /** How many events the program must say that it read, if it prints a summary. */
  readonly events: number;
}

const preload = pathToFileURL(join(import.meta.dirname, 'programs', 'usage.ts')).href;

/** Runs a program in a process of its own. Throws with its last words if it fails or has read too few events. */
export async function measure(program: Program, { dir, events }: Where): Promise<Cost> {
  const usage = join(dir, 'usage.json');
  const began = performance.now();
  const child = spawn(process.execPath, program, {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NODE_OPTIONS: `--import=${preload} --disable-warning=TimeoutNegativeWarning`,
      BENCH_USAGE: usage,
      SLUICE_HOME: join(dir, 'state'),
    },
  });
  const [said, complained, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  const seconds = (performance.now() - began) / 1000;
  if (code !== 0) throw new Error(`exit ${code}: ${reasonIn(complained)}`);
  const { read, nanoseconds } = figuresIn(said);
  if (read !== undefined && read !== events) throw new Error(`read ${read} of ${events} events`);
  return { seconds, nanoseconds, ...JSON.parse(await readFile(usage, 'utf8')) };
}

/** The figures of the last line: a job's summary, or what a program has measured; a program may print none. */
function figuresIn(output: string): { read?: number; nanoseconds?: number } {
  const line = lastLine(output);
  return line.startsWith('{') ? JSON.parse(line) : {};
}

/** The line that names the error, of a crash too, whose last line is Node's version. */
function reasonIn(complaints: string): string {
  const lines = complaints.trim().split('\n');
  return lines.find((line) => /^\s*(\w*Error|error)\b/i.test(line)) ?? lines.at(-1) ?? '';
}

function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1) ?? '';
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
