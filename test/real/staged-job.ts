import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { collect } from '../cli/sluice.ts';
import { temporaryFolder } from '../contracts/folder.ts';
import type { Life } from './staged-life.ts';

/** A job in a folder of its own; each of its lives is a process. */
export class StagedJob {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async of(jobfile: string): Promise<StagedJob> {
    const job = new StagedJob(await temporaryFolder());
    writeFileSync(join(job.#folder, 'job.yaml'), jobfile);
    return job;
  }

  live(mode: Life['mode'], fate?: Life['fate']) {
    const life = { jobfile: join(this.#folder, 'job.yaml'), home: join(this.#folder, 'home'), mode, fate };
    const program = join(import.meta.dirname, 'staged-life.ts');
    // The environment stands above the jobfile, which names the servers of the test at hand.
    const { KAFKA_BOOTSTRAP_SERVERS: _, CASSANDRA_CONTACT_POINTS: __, ...env } = process.env;
    const child = spawn(
      process.execPath,
      ['--disable-warning=TimeoutNegativeWarning', program, JSON.stringify(life)],
      { env, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    return { child, finished: collect(child) };
  }
}

/** Resolves when the process has stopped itself. Throws what it said if it ended instead. */
export async function stopped({ child, finished }: ReturnType<StagedJob['live']>): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    if (/\) T /.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8'))) return;
    await systemClock.sleep(20);
  }
  throw new Error((await finished).stderr);
}
