import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { NodeCounters } from '../../src/metrics/counters.ts';
import { prometheusText } from '../../src/metrics/prometheus.ts';
import type { Snapshot } from '../../src/metrics/snapshot.ts';
import { node, runningJob } from '../dashboard/snapshots.ts';

const promtool = ((): string | undefined => {
  const path = process.env.PROMTOOL ?? 'promtool';
  if (spawnSync(path, ['--version']).status === 0) return path;
  process.stderr.write('skipped: promtool is not there (Debian: apt install prometheus, or set PROMTOOL)\n');
  return undefined;
})();

async function seriesOf(snapshot: Snapshot): Promise<Map<string, string>> {
  const lines = (await prometheusText(snapshot)).split('\n').filter((line) => /^[a-z]/.test(line));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]),
  );
}

describe('the figures for Prometheus', () => {
  test('are totals by node, under the names that its conventions ask for', async () => {
    const series = await seriesOf(runningJob());
    const at = (name: string, node: string, type: string) =>
      series.get(`${name}{node="${node}",type="${type}",job_name="user-actions"}`);
    expect(at('sluice_events_read_total', 'actions', 'kafka')).toBe('1234567');
    expect(at('sluice_events_written_total', 'table', 'cassandra')).toBe('1100000');
    expect(at('sluice_events_filtered_total', 'enriched', 'transform')).toBe('134564');
    expect(at('sluice_dead_letters_total', 'actions', 'kafka')).toBe('3');
    expect(at('sluice_queue_depth', 'actions', 'kafka')).toBe('312');
    expect(at('sluice_watermark_delay_seconds', 'actions', 'kafka')).toBe('30');
  });

  test('count what this run has done, from 0, whatever runs before it did', async () => {
    const before = new NodeCounters('actions', 'source', 'kafka');
    before.restore({ ...before.totals(), in: 1_000_000, out: 999_999, deadLetters: 1 });
    const [source, ...others] = runningJob().nodes;
    const series = await seriesOf(runningJob({ nodes: [{ ...source!, before: before.before }, ...others] }));
    const at = (name: string) => series.get(`${name}{node="actions",type="kafka",job_name="user-actions"}`);
    expect(at('sluice_events_read_total')).toBe('234567');
    expect(at('sluice_node_events_in_total')).toBe('234567');
    expect(at('sluice_node_events_out_total')).toBe('234565');
    expect(at('sluice_dead_letters_total')).toBe('2');
  });

  test('do not shrink when letters go through the job again', async () => {
    const counters = new NodeCounters('actions', 'source', 'kafka');
    counters.restore({ ...counters.totals(), in: 9, deadLetters: 2 });
    const letters = async () => {
      const actions = {
        ...node('actions', 'source', 'kafka'),
        ...counters.totals(),
        before: counters.before,
      };
      const series = await seriesOf(runningJob({ nodes: [actions] }));
      return series.get('sluice_dead_letters_total{node="actions",type="kafka",job_name="user-actions"}');
    };
    counters.takeBack();
    counters.takeBack();
    expect([counters.deadLetters, await letters()]).toEqual([0, '0']);
    counters.deadLetters++;
    expect([counters.deadLetters, await letters()]).toEqual([1, '1']);
    counters.takeBack();
    expect([counters.deadLetters, await letters()]).toEqual([0, '1']);
  });

  test('say the lag of each Kafka partition', async () => {
    const series = await seriesOf(runningJob());
    expect(
      series.get(
        'sluice_kafka_lag{source="actions",topic="user-actions",partition="1",job_name="user-actions"}',
      ),
    ).toBe('534567');
  });

  test('hold latency as a histogram in seconds, whose last bucket is the count', async () => {
    const series = await seriesOf(runningJob());
    const label = 'job_name="user-actions"';
    expect(series.get(`sluice_latency_seconds_bucket{le="0.01",${label}}`)).toBe('900000');
    expect(series.get(`sluice_latency_seconds_bucket{le="+Inf",${label}}`)).toBe('1100000');
    expect(series.get(`sluice_latency_seconds_count{${label}}`)).toBe('1100000');
    expect(series.get(`sluice_latency_seconds_sum{${label}}`)).toBe('8800');
  });

  test('say one status of many', async () => {
    const series = await seriesOf(runningJob({ status: 'waiting' }));
    const on = [...series].filter(([name, value]) => name.startsWith('sluice_job_status') && value === '1');
    expect(on.map(([name]) => name)).toEqual(['sluice_job_status{status="waiting",job_name="user-actions"}']);
  });

  test('leave out what there is nothing to say of', async () => {
    const text = await prometheusText(runningJob({ checkpoint: null, partitions: [] }));
    expect(text).not.toContain('checkpoint');
    expect(text).not.toContain('kafka_lag');
  });

  test('keep names that are not ours apart from the format', async () => {
    const odd = runningJob();
    const nodes = odd.nodes.map((node) => ({ ...node, type: 'a"b\\c\nd' }));
    expect(await prometheusText({ ...odd, nodes })).toContain('type="a\\"b\\\\c\\nd"');
  });

  test.runIf(promtool)('pass promtool check metrics', async () => {
    const checked = execFileSync(promtool!, ['check', 'metrics'], {
      input: await prometheusText(runningJob()),
      encoding: 'utf8',
    });
    expect(checked).toBe('');
  });
});
