import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from '@oclif/core';

const folder = fileURLToPath(new URL('../../commands/', import.meta.url));

/** Every command of the command line, by the words that it is called with. */
export async function allCommands(): Promise<{ id: string; command: typeof Command }[]> {
  const files = globSync('**/*.ts', { cwd: folder }).sort();
  return Promise.all(
    files.map(async (file) => ({
      id: file.replace(/\.ts$/, '').replaceAll('/', ' '),
      command: (await import(`${folder}${file}`)).default as typeof Command,
    })),
  );
}
