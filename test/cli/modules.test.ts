import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Workplace } from './sluice.ts';

/** Clears the screen, colours, turns the reading direction, and makes a second line. */
const hostile = '\\u001b[2J\\u001b[31mred\\u202e\\nsecond\\u009b5A';
/** What a terminal would obey, but for the ends of lines. */
const steering = /(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u;

function place(module: string): Workplace {
  const workplace = new Workplace();
  writeFileSync(workplace.path('in.jsonl'), '{"user_id": "a"}\n{"user_id": "b"}\n');
  writeFileSync(workplace.path('module.mjs'), module);
  writeFileSync(
    workplace.path('job.yaml'),
    `name: job
sources: { in: { type: file, path: in.jsonl } }
operators:
  called: { type: process, key: user_id, module: ./module.mjs }
  changed: { type: transform, steps: [{ module: ./module.mjs }] }
sinks: { out: { type: file, path: out.jsonl } }
`,
  );
  return workplace;
}

describe("a user's module", () => {
  test('is loaded where the job runs, and not where it is only looked at', async () => {
    const both = 'export const process = (_key, event) => event; export const transform = (event) => event;';
    const workplace = place(`import { writeFileSync } from 'node:fs'; writeFileSync('loaded', ''); ${both}`);
    for (const command of ['validate', 'explain']) {
      expect((await workplace.run([command, 'job.yaml'])).code).toBe(0);
      expect(existsSync(workplace.path('loaded'))).toBe(false);
    }
    expect((await workplace.run(['run', 'job.yaml'])).code).toBe(0);
    expect(existsSync(workplace.path('loaded'))).toBe(true);
  });

  test.each([
    ['process', `export const process = () => { throw new Error('${hostile}') };`],
    ['transform', `export const transform = () => { throw new Error('${hostile}') };`],
  ])('that throws can not steer the terminal, nor end the job: %s', async (kind, throwing) => {
    const other = kind === 'process' ? 'transform = (event) => event' : 'process = (_key, event) => event';
    const workplace = place(`${throwing} export const ${other};`);
    const { code, stderr } = await workplace.run(['run', 'job.yaml']);
    expect(code).toBe(0);
    expect(stderr).toContain('2 failed in');
    expect(stderr).toContain('red');
    const told = [stderr];
    for (const args of [
      ['dlq', 'list', 'job'],
      ['dlq', 'list', 'job', '--count'],
    ])
      told.push((await workplace.run(args)).stdout);
    const [, id = ''] = /^(\S+)/m.exec(told[1]!.split('\n')[1]!) ?? [];
    told.push((await workplace.run(['dlq', 'show', 'job', id])).stdout);
    expect(told[3]).toContain('red');
    for (const text of told) expect(text).not.toMatch(steering);
  });

  test('that fails when it is loaded ends the job before the first event, with one line that is safe to read', async () => {
    const workplace = place(`throw new Error('${hostile}');`);
    const { code, stderr } = await workplace.run(['run', 'job.yaml']);
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringContaining('module.mjs: the module fails: ')]);
    expect(stderr).not.toMatch(steering);
  });

  test.each([
    ['a short function', '() => 1', '() => 1'],
    [
      'a long one',
      `function later() {\n  return '${'x'.repeat(100)}';\n}`,
      `function later() { return '${'x'.repeat(33)}…`,
    ],
  ])('that keeps what can not be saved ends the job with its node in one line: %s', async (_, kept, told) => {
    const process = (more: string) => `
      export const transform = (event) => event;
      export function process(_key, event, state) {
        const seen = { deep: {} };
        state.set('seen', seen);
        ${more}
        return event;
      }`;
    const workplace = place(process(`seen.deep.later = ${kept};`));
    for (const args of [
      ['run', 'job.yaml'],
      ['recover', 'job'],
    ]) {
      const { code, stderr } = await workplace.run(args);
      expect(code).toBe(1);
      const line = stderr.split('\n').find((each) => each.includes(' failed after '));
      expect(line).toMatch(/^job failed after \d+s: /);
      expect(line?.replace(/^.*?: /, '')).toBe(
        `the state of "called" can't be saved: ${told} could not be cloned; keep plain data in it`,
      );
      expect(stderr).not.toMatch(/^ +at /m);
    }
    writeFileSync(workplace.path('module.mjs'), process(''));
    const { code, stderr } = await workplace.run(['recover', 'job']);
    expect(code, stderr).toBe(0);
  });
});
