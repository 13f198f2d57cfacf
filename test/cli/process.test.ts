import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { collect, summaryOf, unaccounted, Workplace } from './sluice.ts';

const EVENTS = 4000;

/** A running count of each user, and a farewell a minute after the last word; every fiftieth event is refused. */
const body = `
  const seen = (state.get('seen') ?? 0) + 1;
  state.set('seen', seen);
  if (event.n % 50 === 7) throw new Error('seven');
  ctx.timer(event.at + 60_000);
  return { user, n: event.n, seen };`;
const farewell = `
  if (ctx.watermark === Infinity) return null;
  return { user, gone: at, seen: state.get('seen') };`;
const modules = {
  sync: `export function process(user, event, state, ctx) {${body}}
    export function timer(user, at, state, ctx) {${farewell}}`,
  async: `const pause = () => new Promise((resolve) => setImmediate(resolve));
    export async function process(user, event, state, ctx) { await pause(); ${body}}
    export async function timer(user, at, state, ctx) { await pause(); ${farewell}}`,
};

const jobfile = `
name: farewells
sources: { in: { type: file, path: in.jsonl, time: at, watermark: 1s } }
operators: { said: { type: process, key: user, module: ./module.mjs, pure: true } }
sinks: { out: { type: file, path: out.jsonl } }
checkpoint: { interval: 20ms }
`;

function place(kind: keyof typeof modules): Workplace {
  const workplace = new Workplace();
  const lines = Array.from({ length: EVENTS }, (_, n) => {
    const user = `u${(n * n) % 23}`;
    return JSON.stringify({ user, n, at: n * 400 - (n % 7 === 0 ? 900 : 0) });
  });
  writeFileSync(workplace.path('in.jsonl'), `${lines.join('\n')}\n`);
  writeFileSync(workplace.path('module.mjs'), modules[kind]);
  writeFileSync(workplace.path('job.yaml'), jobfile);
  return workplace;
}

const outputOf = (workplace: Workplace) => readFileSync(workplace.path('out.jsonl'), 'utf8');

it('a module that is async gives what one that is not gives, in the same order, and the books balance', async () => {
  const outputs = [];
  for (const kind of ['sync', 'async'] as const) {
    const workplace = place(kind);
    const { code, stdout, stderr } = await workplace.run(['run', 'job.yaml', '--json']);
    expect(code, stderr).toBe(0);
    const summary = summaryOf(stdout);
    expect(summary.nodes.find(({ name }) => name === 'said')).toMatchObject({
      in: EVENTS,
      dead_letters: EVENTS / 50,
    });
    expect(unaccounted(summary)).toEqual({});
    outputs.push(outputOf(workplace));
  }
  expect(outputs[1]).toBe(outputs[0]);
  expect(outputs[0]!.match(/gone/g)!.length).toBeGreaterThan(EVENTS / 2);
});

it.each(['sync', 'async'] as const)(
  'after kill -9 a module goes on with its state and timers: %s',
  async (kind) => {
    const straight = place('sync');
    await straight.run(['run', 'job.yaml']);
    const killed = place(kind);
    let args = ['run', 'job.yaml'];
    for (const least of [3000, 120_000]) {
      const child = killed.start(...args);
      const finished = collect(child);
      await vi.waitUntil(() => child.exitCode !== null || sizeOf(killed) > least, {
        timeout: 60_000,
        interval: 2,
      });
      child.kill('SIGKILL');
      await finished;
      args = ['recover', 'farewells'];
    }
    const { code, stderr } = await killed.run(['recover', 'farewells']);
    expect(code, stderr).toBe(0);
    expect(outputOf(killed)).toBe(outputOf(straight));
  },
);

function sizeOf(workplace: Workplace): number {
  try {
    return outputOf(workplace).length;
  } catch {
    return 0;
  }
}
