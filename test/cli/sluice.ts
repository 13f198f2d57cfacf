import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The summary that `--json` prints, as far as tests read it. */
export interface Summary {
  readonly job: string;
  readonly status: string;
  readonly read: number;
  readonly written: number;
  readonly filtered: number;
  readonly dropped: number;
  readonly dead_letters: number;
  readonly max_queue_depth: number;
  readonly nodes: readonly {
    readonly name: string;
    readonly kind: string;
    readonly in: number;
    readonly out: number;
    readonly made: number;
    readonly filtered: number;
    readonly dropped: number;
    readonly skipped: number;
    readonly late: number;
    readonly partly_late: number;
    readonly dead_letters: number;
  }[];
  readonly recover: string | null;
}

/** A folder of its own with a state directory of its own, gone when the test is over; sluice runs in it. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  readonly #running = new Set<ChildProcess>();

  constructor() {
    onTestFinished(() => {
      for (const child of this.#running) child.kill('SIGKILL');
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Starts `sluice ARGUMENTS`; its streams are pipes. */
  start(...args: string[]): ChildProcess {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: this.folder,
      env: { ...process.env, SLUICE_HOME: this.path('home'), NO_COLOR: '1', NODE_NO_WARNINGS: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#running.add(child);
    child.on('exit', () => this.#running.delete(child));
    child.stdin?.on('error', () => {});
    return child;
  }

  /** Runs it to its end, with `input` on standard input. */
  async run(args: readonly string[], input = ''): Promise<Finished> {
    const child = this.start(...args);
    const finished = collect(child);
    child.stdin?.end(input);
    return finished;
  }
}

/** Resolves when the process has ended, with all that it printed. */
export async function collect(child: ChildProcess): Promise<Finished> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code, signal] = await once(child, 'close');
  return { code, signal, stdout, stderr };
}

export function summaryOf(text: string): Summary {
  const line = text.split('\n').findLast((each) => each.startsWith('{'));
  if (line === undefined) throw new Error(`there is no summary in: ${text}`);
  return JSON.parse(line);
}

/** What goes into a node comes out, or is accounted for. */
export function unaccounted(summary: Summary): Record<string, number> {
  const open = summary.nodes.map((node) => {
    const gone = node.out + node.filtered + node.dropped + node.skipped + node.late + node.dead_letters;
    return [node.name, node.in + node.made - gone] as const;
  });
  return Object.fromEntries(open.filter(([, rest]) => rest !== 0));
}
