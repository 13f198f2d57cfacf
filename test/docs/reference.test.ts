import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { JobCommand } from '../../src/spec/flags/flag.ts';
import { allCommands } from '../commands/all-commands.ts';
import { commandsPage, componentsPage, flagsPage, jobfilePage } from './reference.ts';

const jobCommands: readonly JobCommand[] = [
  'ingest',
  'transform',
  'window',
  'detect',
  'join',
  'run',
  'recover',
];
const files = readdirSync(new URL('../../commands/', import.meta.url));
const commands = jobCommands.filter((command) => files.includes(`${command}.ts`));

describe('the reference pages are what the definitions say', () => {
  test('components', async () => {
    await expect(componentsPage()).toMatchFileSnapshot('../../docs/reference/components.md');
  });

  test('commands', async () => {
    await expect(commandsPage(await allCommands())).toMatchFileSnapshot('../../docs/reference/commands.md');
  });

  test('flags', async () => {
    await expect(flagsPage(commands)).toMatchFileSnapshot('../../docs/reference/flags.md');
  });

  test('jobfile', async () => {
    await expect(jobfilePage()).toMatchFileSnapshot('../../docs/reference/jobfile.md');
  });
});
