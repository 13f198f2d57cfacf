import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { collect, summaryOf, unaccounted, Workplace } from './sluice.ts';

const COUNT = 200_000;

function place(sinks: string): Workplace {
  const workplace = new Workplace();
  const input = Array.from({ length: COUNT }, (_, n) => `{"n":${n}}\n`).join('');
  writeFileSync(workplace.path('in.jsonl'), input);
  writeFileSync(
    workplace.path('job.yaml'),
    `name: both\nsources: { in: { type: file, path: in.jsonl } }\nsinks:\n${sinks}`,
  );
  return workplace;
}

/** Runs the job with a reader of its output that goes away after the first line. */
function runBriefly(workplace: Workplace, ...flags: string[]) {
  const child = workplace.start('run', 'job.yaml', ...flags);
  child.stdout?.once('data', () => child.stdout?.destroy());
  return collect(child);
}

it('drains when standard output is closed and other sinks want what was read, and goes on after that', async () => {
  const workplace = place(`  out: { type: stdout, from: in }
  rows: { type: file, path: rows.jsonl, from: in }
`);
  const { code, stderr } = await runBriefly(workplace, '--json');
  expect(code).toBe(0);
  expect(stderr).toContain('standard output was closed: the job drains, for its other sinks\n');
  const summary = summaryOf(stderr);
  expect(summary).toMatchObject({ status: 'drained', recover: 'sluice recover both' });
  expect(summary.read).toBeLessThan(COUNT);
  expect(unaccounted(summary)).toEqual({});
  expect(summary.nodes.every(({ skipped }) => skipped === 0)).toBe(true);
  const rows = () => readFileSync(workplace.path('rows.jsonl'), 'utf8');
  expect(rows().split('\n').length - 1).toBe(summary.read);
  const recovered = await workplace.run(['recover', 'both']);
  expect(recovered.code).toBe(0);
  expect(rows()).toBe(readFileSync(workplace.path('in.jsonl'), 'utf8'));
  expect(recovered.stdout).toBe(rows().split('\n').slice(summary.read).join('\n'));
});

it('ends without a word when standard output is closed and there is no other sink', async () => {
  const workplace = place('  out: { type: stdout, from: in }\n');
  const { code, stderr } = await runBriefly(workplace);
  expect(code).toBe(0);
  expect(stderr.trim().split('\n')).toEqual(['job both is running; Ctrl-C drains it']);
  expect((await workplace.run(['recover', 'both'])).stderr).toMatch(/finished/);
});
