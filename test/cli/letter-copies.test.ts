import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { collect, Workplace } from './sluice.ts';

const EVENTS = 20_000;
const isBad = (index: number) => index % 10 === 3;
const BAD = EVENTS / 10;

function place(): Workplace {
  const workplace = new Workplace();
  const lines = Array.from({ length: EVENTS }, (_, n) => (isBad(n) ? `{"n": ${n},` : `{"n": ${n}}`));
  writeFileSync(workplace.path('in.jsonl'), `${lines.join('\n')}\n`);
  return workplace;
}

const ingest = [
  ...['ingest', '--from', 'in.jsonl', '--name', 'job', '--batch-size', '20'],
  ...['--dlq', 'file:letters.jsonl'],
];

function copies(workplace: Workplace): { id: string; bytes: string }[] {
  const text = readFileSync(workplace.path('letters.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

describe('a copy of dead letters in a file', () => {
  it.each([
    ['a joined sink', ['--to', 'sqlite:out.db#t', '--key', 'n']],
    ['a file', ['--to', 'out.jsonl', '--checkpoint-interval', '5ms']],
  ])('has each once beside %s, though the job is killed again and again', async (_, sink) => {
    const workplace = place();
    let written = 0;
    let command = [...ingest, ...sink];
    for (let kill = 0; kill < 3; kill++) {
      const child = workplace.start(...command);
      const ended = collect(child);
      const hasGrown = () => sizeOf(workplace.path('letters.jsonl')) > written + 10_000;
      await vi.waitUntil(hasGrown, { timeout: 15_000, interval: 1 });
      child.kill('SIGKILL');
      await ended;
      written = sizeOf(workplace.path('letters.jsonl'));
      command = ['recover', 'job'];
    }
    expect((await workplace.run(['recover', 'job'])).code).toBe(0);
    const letters = copies(workplace);
    expect(new Set(letters.map(({ id }) => id)).size).toBe(BAD);
    expect(letters.map(({ bytes }) => bytes)).toEqual(
      Array.from({ length: EVENTS }, (_, n) => n)
        .filter(isBad)
        .map((n) => `{"n": ${n},`),
    );
  });

  it('has a failure more for each letter that is replayed in vain', async () => {
    const workplace = place();
    await workplace.run([...ingest, '--to', 'sqlite:out.db#t', '--key', 'n']);
    await workplace.run(['replay-dlq', 'job', '--limit', '5']);
    expect(copies(workplace)).toHaveLength(BAD + 5);
    const { stdout } = await workplace.run(['dlq', 'list', 'file:letters.jsonl', '--count']);
    expect(stdout).toMatch(/source +decode +waiting +2,000\n/);
  });
});
