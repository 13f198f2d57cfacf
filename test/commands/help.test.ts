import { readFileSync } from 'node:fs';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { sluice } from './sluice.ts';

const manifest = JSON.parse(readFileSync(new URL('../../oclif.manifest.json', import.meta.url), 'utf8'));
const commands = Object.keys(manifest.commands);

describe('help', () => {
  test('of sluice names every command and fits one screen', async () => {
    const { code, stdout } = await sluice(['--help']);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    for (const command of commands) expect(stdout).toContain(`\n  ${command.replaceAll(':', ' ')} `);
    expect(lines.length).toBeLessThanOrEqual(50);
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(80);
    expect(stdout).not.toContain('\nMORE\n');
  });

  test.each([[['help']], [['-h']], [[]]])('of sluice is the same for %j', async (args) => {
    expect((await sluice(args)).stdout).toBe((await sluice(['--help'])).stdout);
  });

  test('of a command is the same for help COMMAND and COMMAND -h', async () => {
    const { stdout } = await sluice(['dlq', 'list', '--help']);
    expect(stdout).toContain('$ sluice dlq list [NAME]');
    expect((await sluice(['help', 'dlq', 'list'])).stdout).toBe(stdout);
    expect((await sluice(['dlq', 'list', '-h'])).stdout).toBe(stdout);
  });

  test('of a command shows its own flags before those that all have', async () => {
    const { stdout } = await sluice(['window', '--help']);
    expect(stdout).toContain('$ sluice window --from URI --to URI [FLAGS]');
    expect(stdout.indexOf('--tumbling=')).toBeLessThan(stdout.indexOf('COMMON FLAGS'));
    expect(stdout.indexOf('--checkpoint-interval=')).toBeGreaterThan(stdout.indexOf('COMMON FLAGS'));
  });
});
