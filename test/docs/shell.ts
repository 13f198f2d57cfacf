import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

/** A block of commands on a page, and the output that the page promises for it. */
export interface Step {
  readonly commands: string;
  readonly output: string | undefined;
}

/** The ```sh blocks of a Markdown page, each with the ```text block right behind it. */
export function stepsOf(page: string): Step[] {
  const blocks = page.matchAll(/^```sh\n(.*?)^```\n(?:```text\n(.*?)^```$)?/gms);
  return Array.from(blocks, ([, commands = '', output]) => ({ commands, output }));
}

/** Runs the steps in one shell, in `folder`; gives what each of them printed, on both streams, in its order. */
export async function runSteps(steps: readonly Step[], folder: string): Promise<string[]> {
  const bin = join(folder, '.bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'sluice'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(join(bin, 'sluice'), 0o755);
  const mark = '--- the next step ---';
  const script = steps.map(({ commands }) => `${commands}\necho "${mark}"\n`).join('');
  const shell = spawn('bash', ['-c', `exec 2>&1\nset -m\n${script}`], {
    cwd: folder,
    env: {
      PATH: `${bin}:${dirname(process.execPath)}:${process.env.PATH}`,
      HOME: folder,
      SLUICE_HOME: join(folder, '.state'),
      NO_COLOR: '1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const printed = await text(shell.stdout);
  return printed.split(`${mark}\n`).slice(0, -1);
}

/**
 * Whether `printed` is `promised`, where `…` stands for anything within a line and the spaces around it, and alone on a line
 * for any lines; columns are as wide as their figures.
 */
export function keeps(printed: string, promised: string): boolean {
  const pattern = promised
    .trimEnd()
    .split('\n')
    .map((line) => (line === '…' ? '(?:.*\\n)*?' : `${line.split(/ *… */).map(escaped).join('.*')}\\n`))
    .join('');
  return new RegExp(`^${pattern}$`).test(`${printed.trimEnd()}\n`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/ {2,}/g, ' +');
}
