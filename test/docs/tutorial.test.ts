import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keeps, runSteps, stepsOf } from './shell.ts';

test('the tutorial does what it says', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-tutorial-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const steps = stepsOf(readFileSync(new URL('../../docs/tutorial.md', import.meta.url), 'utf8'));
  expect(steps.length).toBeGreaterThan(8);
  const printed = await runSteps(steps, folder);
  expect(printed).toHaveLength(steps.length);
  for (const [index, { commands, output }] of steps.entries()) {
    const said = withoutNotices(printed[index]!);
    if (output !== undefined && !keeps(said, output)) expect(said, commands).toBe(output);
  }
});

/** Without what a shell says of its jobs, and what a job that is not looked at says on stderr. */
function withoutNotices(text: string): string {
  const notice = /^(\[\d+\].*|.*: line \d+: .*|job \S+ is running; Ctrl-C drains it)\n/gm;
  return text.replace(notice, '');
}
