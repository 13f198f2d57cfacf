import { mkdirSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { summaryOf, Workplace } from './sluice.ts';

const MINUTE = 60_000;
const first = [0, 1, 2, 3].map((minute) => minute * MINUTE);
const second = [...[10, 11, 12, 13].map((minute) => minute * MINUTE), 10 * MINUTE];
const csv = (times: readonly number[]) => `t\n${times.map((time) => `${time}\n`).join('')}`;

it.each([
  ['plain', { 'a.csv': csv(first), 'c.csv': csv(second) }],
  ['compressed', { 'a.csv.gz': gzipSync(csv(first)), 'c.csv.gz': gzipSync(csv(second)) }],
  ['plain and compressed', { 'a.csv': csv(first), 'c.csv.gz': gzipSync(csv(second)) }],
  ['with blank lines at the end', { 'a.csv': `${csv(first)}\n\n`, 'c.csv': csv(second) }],
  ['with empty ones', { 'a.csv': csv(first), 'b.csv': 't\n', 'c.csv': csv(second), 'd.csv': '' }],
])('what is late in files does not depend on how they are stored: %s', async (_, files) => {
  const place = new Workplace();
  mkdirSync(place.path('h'));
  for (const [name, content] of Object.entries(files)) writeFileSync(place.path(`h/${name}`), content);
  const args = [
    '--format',
    'csv',
    '--json',
    '--time',
    't',
    '--watermark',
    '0s',
    '--tumbling',
    '1m',
    '--agg',
    'n=count(*)',
  ];
  const { stdout, stderr } = await place.run(['window', '--from', 'h/*', ...args, '--to', '-']);
  const counts = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ window_start: start, n }) => [Date.parse(start) / MINUTE, n]);
  expect(counts).toEqual([0, 1, 2, 3, 10, 11, 12, 13].map((minute) => [minute, 1]));
  expect(summaryOf(stderr)).toMatchObject({ read: 9, late: 1 });
});
