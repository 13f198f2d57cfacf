import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { prometheusText } from '../../src/metrics/prometheus.ts';
import { node, runningJob } from '../dashboard/snapshots.ts';

const file = new URL('../../examples/grafana-dashboard.json', import.meta.url);

test('the Grafana dashboard asks only for figures that there are', async () => {
  const dashboard: { panels: { targets: { expr: string }[] }[] } = JSON.parse(readFileSync(file, 'utf8'));
  const asked = dashboard.panels
    .flatMap(({ targets }) => targets)
    .flatMap(({ expr }) => expr.match(/\b(sluice|process)_\w+/g)!);
  const job = runningJob();
  const window = node('views', 'operator', 'window', { stateKeys: 12 });
  const served = await prometheusText({ ...job, nodes: [...job.nodes, window] });
  expect(asked.length).toBeGreaterThan(15);
  for (const name of asked) expect(served).toMatch(new RegExp(`^${name}[{ ]`, 'm'));
});
