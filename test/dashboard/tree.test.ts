import { describe, expect, test } from 'vitest';
import { rowsOf } from '../../src/dashboard/view/tree.ts';
import { draw } from './draw.ts';
import { NOW, node, runningJob } from './snapshots.ts';

const nodes = [
  node('orders', 'source', 'kafka'),
  node('users', 'source', 'file'),
  node('paid', 'operator', 'transform', { from: ['orders'] }),
  node('joined', 'operator', 'join', { from: ['paid', 'users'] }),
  node('bursts', 'operator', 'detect', { from: ['orders'] }),
  node('table', 'sink', 'sqlite', { from: ['joined'], latencyP95: 1250 }),
  node('alerts', 'sink', 'file', { from: ['bursts'] }),
];

describe('the nodes of a job', () => {
  test('stand as a tree, each below the first that it reads', () => {
    expect(rowsOf(nodes).map(({ node: { name }, branch, others }) => [branch + name, others])).toEqual([
      ['orders', []],
      ['├ paid', []],
      ['│ └ joined', ['users']],
      ['│   └ table', []],
      ['└ bursts', []],
      ['  └ alerts', []],
      ['users', []],
    ]);
  });

  test('are all there when what they read is not', () => {
    const orphans = nodes.filter(({ kind }) => kind !== 'source');
    expect(rowsOf(orphans)).toHaveLength(orphans.length);
  });

  test('leave room for their names, however deep they stand', () => {
    const chain = Array.from({ length: 20 }, (_, depth) =>
      node(`n${depth}`, 'operator', 'transform', { from: depth === 0 ? [] : [`n${depth - 1}`] }),
    );
    expect(Math.max(...rowsOf(chain).map(({ branch }) => branch.length))).toBe(8);
  });

  test('say what else they read, and how long their rows take', () => {
    const screen = draw(runningJob({ nodes }), { columns: 100 });
    expect(screen.find((line) => line.includes('joined'))).toContain('│ └ joined +users');
    expect(screen.find((line) => line.includes('└ table'))).toContain('1.25s');
  });
});

test('the newest alerts are shown, beside the errors, on a page of their own too', () => {
  const alert = 'sensor_id=s1 detector=zscore value=90 score=12.3';
  const job = runningJob({ alerts: [{ at: NOW - 2000, node: 'spikes', message: alert }] });
  for (const page of ['overview', 'errors'] as const) {
    const screen = draw(job, { columns: 100, page }).map((line) => line.trim());
    expect(screen[screen.indexOf('last alerts') + 1]).toBe(`2s ago      spikes  ${alert}`);
    expect(screen).toContain('last errors');
  }
});
