import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { collect, summaryOf, Workplace } from './sluice.ts';

const EVENTS = 2000;

interface Item {
  readonly k: number;
  readonly n: number;
  readonly at: number;
}

/** Out of order by up to 900 ms, with equal times. */
function itemsOf(seed: number): Item[] {
  return Array.from({ length: EVENTS }, (_, n) => {
    const scattered = Math.imul(n + seed, 2_654_435_761) >>> 0;
    return { k: scattered % 400, n, at: n * 100 - 100 * (scattered % 10) };
  });
}

const orders = itemsOf(0);
const clicks = itemsOf(100_003);

function place(): Workplace {
  const workplace = new Workplace();
  for (const [name, items] of [
    ['orders', orders],
    ['clicks', clicks],
  ] as const) {
    writeFileSync(workplace.path(`${name}.jsonl`), items.map((item) => `${JSON.stringify(item)}\n`).join(''));
  }
  return workplace;
}

const flags = [
  ...['--from', 'orders=orders.jsonl', '--from', 'clicks=clicks.jsonl', '--time', 'at', '--watermark', '1s'],
  ...['--on', 'orders.k = clicks.k', '--window', '10s', '--type', 'full'],
  ...['--select', 'orders.n AS o, clicks.n AS c', '--to', 'out.jsonl', '--name', 'met'],
];

function rowsOf(workplace: Workplace): string[] {
  return readFileSync(workplace.path('out.jsonl'), 'utf8').trimEnd().split('\n').toSorted();
}

/** By looking at all pairs. */
function expected(): string[] {
  const pairs = orders.flatMap((order) =>
    clicks
      .filter(({ k, at }) => k === order.k && Math.abs(at - order.at) <= 10_000)
      .map(({ n }) => [order.n, n]),
  );
  const [met, clicked] = [0, 1].map((side) => new Set(pairs.map((pair) => pair[side])));
  const rows = [
    ...pairs.map(([o, c]) => ({ o, c })),
    ...orders.filter(({ n }) => !met!.has(n)).map(({ n }) => ({ o: n, c: null })),
    ...clicks.filter(({ n }) => !clicked!.has(n)).map(({ n }) => ({ o: null, c: n })),
  ];
  return rows.map((row) => JSON.stringify(row)).toSorted();
}

it('gives what looking at all pairs gives, however the streams are cut', async () => {
  for (const cuts of [
    [],
    ['--batch-size', '7', '--queue-threshold', '50', '--checkpoint-interval', '20ms'],
  ]) {
    const workplace = place();
    const { code, stdout, stderr } = await workplace.run(['join', ...flags, '--json', ...cuts]);
    expect(code, stderr).toBe(0);
    expect(summaryOf(stdout)).toMatchObject({ read: 2 * EVENTS, late: 0 });
    expect(rowsOf(workplace)).toEqual(expected());
  }
});

it('gives the same after kill -9 in its middle', async () => {
  const workplace = place();
  let args = ['join', ...flags, '--checkpoint-interval', '20ms'];
  for (const least of [2000, 30_000]) {
    const child = workplace.start(...args);
    const finished = collect(child);
    const isFar = () => child.exitCode !== null || sizeOf(workplace) > least;
    await vi.waitUntil(isFar, { timeout: 60_000, interval: 2 });
    child.kill('SIGKILL');
    await finished;
    args = ['recover', 'met'];
  }
  const { code, stderr } = await workplace.run(['recover', 'met']);
  expect(code, stderr).toBe(0);
  expect(rowsOf(workplace)).toEqual(expected());
});

function sizeOf(workplace: Workplace): number {
  try {
    return readFileSync(workplace.path('out.jsonl')).length;
  } catch {
    return 0;
  }
}

it('ties a timestamp that a schema declares with the text that means it', async () => {
  const workplace = new Workplace();
  for (const name of ['a', 'b'])
    writeFileSync(workplace.path(`${name}.jsonl`), '{"at":"2020-01-01T00:00:00Z","t":1000}\n');
  const job = `name: typed
sources:
  a: { type: file, path: a.jsonl, time: t, schema: { at: timestamp } }
  b: { type: file, path: b.jsonl, time: t }
operators: { j: { type: join, from: [a, b], on: a.at = b.at, window: 10s, select: [b.at] } }
sinks: { out: { type: stdout, from: j } }
`;
  writeFileSync(workplace.path('job.yaml'), job);
  const { stdout } = await workplace.run(['run', 'job.yaml']);
  expect(stdout).toBe('{"at":"2020-01-01T00:00:00Z"}\n');
});
