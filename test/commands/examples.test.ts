import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { allCommands } from './all-commands.ts';
import { Sandbox } from './sandbox.ts';

const commands = (await allCommands()).map(({ id, command }) => ({
  id,
  examples: ((command.examples ?? []) as string[]).map((example) =>
    example.replaceAll('<%= config.bin %>', 'sluice'),
  ),
}));
/** Nothing goes when it is only shown what would go, and that is said by the exit code. */
const showsOnly = 'sluice dlq purge views --reason decode';

let sandbox: Sandbox;
let running: ChildProcess | undefined;
beforeAll(async () => {
  sandbox = new Sandbox(mkdtempSync(join(tmpdir(), 'sluice-examples-')));
  // A job with dead letters, and one that has more to do.
  expect((await shell('sluice run job.yaml')).code).toBe(0);
  await startClicks();
  await end('SIGINT');
}, 60_000);
afterEach(() => end('SIGKILL'));
afterAll(() => rmSync(sandbox.folder, { recursive: true, force: true }));

describe.each(commands)('the examples of $id', { timeout: 60_000 }, ({ id, examples }) => {
  test('are at least three', () => {
    expect(examples.length).toBeGreaterThanOrEqual(3);
    for (const example of examples) expect(example).toContain(`sluice ${id}`);
  });

  test.each(examples)('%s', async (example) => {
    if (/^(stats|tap)$/.test(id)) await startClicks();
    const { code, stdout, stderr } = await shell(withoutServers(example), isEndless(example));
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect([code, stderr]).toEqual([example === showsOnly ? 2 : 0, stderr]);
    if (!example.includes(' > ')) expect(stdout + stderr).not.toBe('');
  });
});

/** Where no server is at hand, what the flags mean is printed, and of letters elsewhere nothing is asked. */
function withoutServers(example: string): string {
  if (!/kafka:\/\/|cassandra:\/\//.test(example)) return example;
  return /dlq/.test(example)
    ? `${example.replace(/kafka:\S+/, 'views')} --limit 1`
    : `${example} --print-job`;
}

/** Looks on, or runs on, until it is told to end. */
function isEndless(example: string): boolean {
  return /^sluice (stats clicks|recover clicks)/.test(example);
}

async function shell(script: string, isEndless = false) {
  const child = spawn('bash', ['-o', 'pipefail', '-c', isEndless ? `exec ${script}` : script], {
    cwd: script.startsWith('sluice init') ? sandbox.empty : sandbox.folder,
    env: sandbox.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (isEndless) {
    const interrupt = () => child.kill('SIGINT');
    child.stdout.once('data', interrupt);
    child.stderr.once('data', interrupt);
  }
  const ended = once(child, 'close');
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

/** Resolves when the job can be watched. */
async function startClicks(): Promise<void> {
  running = spawn(sandbox.program, ['run', 'clicks.yaml', '--restart'], {
    cwd: sandbox.folder,
    env: sandbox.environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await once(running.stderr!, 'data');
}

async function end(signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
  if (running === undefined) return;
  const ended = once(running, 'close');
  running.kill(signal);
  running = undefined;
  await ended;
}
