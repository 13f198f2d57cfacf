import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Workplace } from './sluice.ts';

/** A job in which two sinks have refused the same event. */
async function place(): Promise<Workplace> {
  const workplace = new Workplace();
  writeFileSync(workplace.path('in.jsonl'), '{"x":1}\n{"message":"hi"}\n');
  writeFileSync(
    workplace.path('job.yaml'),
    `name: two
sources: { s: { type: file, path: in.jsonl } }
sinks:
  a: { type: file, from: s, path: a.txt, format: text }
  b: { type: file, from: s, path: b.txt, format: text }
`,
  );
  expect((await workplace.run(['run', 'job.yaml'])).code).toBe(0);
  return workplace;
}

async function replay(workplace: Workplace, ...args: string[]) {
  const { stdout } = await workplace.run(['replay-dlq', 'two', '--max-attempts', '9', '--json', ...args]);
  const { letters, replayed, failed_again } = JSON.parse(stdout);
  return { letters, replayed, failed_again };
}

/** Node → status and attempts. */
async function letters(workplace: Workplace): Promise<Record<string, unknown>> {
  const { stdout } = await workplace.run(['dlq', 'list', 'two', '--json']);
  const all = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return Object.fromEntries(all.map(({ node, status, attempts }) => [node, [status, attempts]]));
}

describe('of the letters that two nodes made of one event', () => {
  it('each keeps its own attempts and its own fate', async () => {
    const workplace = await place();
    expect(await replay(workplace, '--node', 'a')).toEqual({ letters: 1, replayed: 0, failed_again: 1 });
    expect(await letters(workplace)).toEqual({ a: ['waiting', 2], b: ['waiting', 1] });
    expect(await replay(workplace)).toEqual({ letters: 2, replayed: 0, failed_again: 2 });
    expect(await letters(workplace)).toEqual({ a: ['waiting', 3], b: ['waiting', 2] });
  });

  it('each stays one of its own node, when another sink refuses it too', async () => {
    const workplace = await place();
    expect(await replay(workplace, '--to', 'out.txt')).toEqual({ letters: 2, replayed: 0, failed_again: 2 });
    expect(await letters(workplace)).toEqual({ a: ['waiting', 2], b: ['waiting', 2] });
  });

  it('one is replayed though the other fails again', async () => {
    const workplace = new Workplace();
    const jobfile = (value: string) => `name: two
sources: { s: { type: file, path: in.jsonl } }
operators:
  a: { type: transform, from: s, steps: [{ set: { v: CAST(v AS INTEGER) } }] }
  b: { type: transform, from: s, steps: [{ set: { v: ${value} } }] }
sinks: { out: { type: file, from: [a, b], path: out.jsonl } }
`;
    writeFileSync(workplace.path('in.jsonl'), '{"v":"x"}\n');
    writeFileSync(workplace.path('job.yaml'), jobfile('CAST(v AS INTEGER)'));
    await workplace.run(['run', 'job.yaml']);
    writeFileSync(workplace.path('job.yaml'), jobfile("'-1'"));
    const { stdout } = await workplace.run(['replay-dlq', 'job.yaml', '--allow-changes', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ letters: 2, replayed: 1, failed_again: 1 });
    expect(await letters(workplace)).toEqual({ a: ['waiting', 2], b: ['replayed', 1] });
  });
});
