import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/clock.ts';
import { messageOf } from '../../src/errors.ts';
import type { Breakage } from './broken.ts';
import { type Cell, isEmbedded, jobfileOf, type Surroundings } from './cells.ts';
import { clicks } from './input.ts';
import type { Fate } from './points.ts';
import type { End, Life } from './runner.ts';

const runner = fileURLToPath(new URL('./runner.ts', import.meta.url));

/** Enough for some dozens of checkpoints. */
export const EVENTS = 4000;

export interface Death {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  /** What it said at its end, if it got there. */
  readonly end: End | undefined;
  readonly duration: number;
}

/** A folder with a job, its input and its state directory. */
export class Trial {
  readonly folder = mkdtempSync(join(tmpdir(), 'sluice-torture-'));
  readonly cell: Cell;
  readonly #breakage: Breakage | undefined;
  readonly #running = new Set<ChildProcess>();

  constructor(cell: Cell, around: Surroundings, breakage?: Breakage) {
    this.cell = cell;
    this.#breakage = breakage;
    writeFileSync(join(this.folder, 'job.yaml'), jobfileOf(cell, around));
    writeFileSync(
      join(this.folder, 'in.jsonl'),
      clicks(EVENTS, { late: true })
        .map((line) => `${line}\n`)
        .join(''),
    );
  }

  /** Starts a life of the job. */
  start(life: Pick<Life, 'mode'> & Partial<Life>): { child: ChildProcess; death: Promise<Death> } {
    const whole: Life = {
      jobfile: join(this.folder, 'job.yaml'),
      home: join(this.folder, 'home'),
      takeover: false,
      time: isEmbedded(this.cell) ? 'steps' : 'seconds',
      breakage: this.#breakage,
      ...life,
    };
    const began = systemClock.elapsed();
    const child = spawn(process.execPath, [runner, JSON.stringify(whole)], {
      env: {
        ...process.env,
        NODE_NO_WARNINGS: '1',
        NODE_COMPILE_CACHE: join(tmpdir(), 'sluice-torture-cache'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#running.add(child);
    return { child, death: this.#watch(child, began) };
  }

  /** A life that ends by itself, or by its fate. */
  live(mode: Life['mode'], fate?: Fate): Promise<Death> {
    return this.start({ mode, fate }).death;
  }

  /** A life that is killed from outside, if it lasts that long. */
  async liveFor(mode: Life['mode'], duration: number): Promise<Death> {
    const { child, death } = this.start({ mode });
    const over = new AbortController();
    void death.then(() => over.abort());
    await systemClock.sleep(duration, over.signal);
    child.kill('SIGKILL');
    return death;
  }

  remove(): void {
    for (const child of this.#running) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #watch(child: ChildProcess, began: number): Promise<Death> {
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [code, signal] = await once(child, 'close');
    this.#running.delete(child);
    const end = stdout === '' ? undefined : JSON.parse(stdout);
    return { code, signal, stderr, end, duration: systemClock.elapsed() - began };
  }
}

/** Resolves when the process is stopped by a signal, or gone: whether it is stopped. */
export async function isStopped(child: ChildProcess): Promise<boolean> {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) return false;
    try {
      const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
      if (/\) T /.test(stat)) return true;
    } catch (error) {
      throw new Error(`no state of process ${child.pid}: ${messageOf(error)}`);
    }
    await systemClock.sleep(5);
  }
}
