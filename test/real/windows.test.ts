import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from 'cassandra-driver';
import { describe, expect, it } from 'vitest';
import { summaryOf, Workplace } from '../cli/sluice.ts';
import { connectTo, uniqueKeyspace } from './cassandra.ts';
import { createTopic, produce, uniqueName } from './kafka.ts';
import { servers } from './servers.ts';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);

interface View {
  readonly page: string;
  readonly user_id: string;
  readonly session_duration: number;
  readonly timestamp: number;
}

/** An hour and a half of views, up to twenty seconds out of order. */
function viewAt(index: number): View {
  const scattered = Math.imul(index, 2_654_435_761) >>> 0;
  return {
    page: `/p${scattered % 7}`,
    user_id: `u${scattered % 41}`,
    session_duration: scattered % 100,
    timestamp: START + index * 900 - (scattered % 20_000),
  };
}

function readingAt(index: number) {
  const scattered = Math.imul(index, 2_654_435_761) >>> 0;
  return {
    sensor_id: `s${index % 5}`,
    temperature: (scattered % 400) / 10,
    humidity: scattered % 97,
    timestamp: START + index * 1700,
  };
}

describe.runIf(servers)('windows from Kafka into Cassandra', () => {
  const { kafka = '', cassandra = '' } = servers ?? {};

  async function topicOf(events: readonly object[], partitions: number): Promise<string> {
    const topic = uniqueName('windows');
    await createTopic(kafka, topic, partitions);
    const records = events.map((event, index) => ({
      value: JSON.stringify(event),
      partition: index % partitions,
    }));
    await produce(kafka, topic, records);
    return topic;
  }

  async function run(example: string, settings: Readonly<Record<string, string>>) {
    const workplace = new Workplace();
    const sets = Object.entries(settings).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
    const args = [
      'run',
      join(examples, example),
      '--exit-at-end',
      '--json',
      '--name',
      uniqueName('job'),
      ...sets,
    ];
    const { code, stdout, stderr } = await workplace.run(args);
    expect(code, stderr).toBe(0);
    return summaryOf(stdout);
  }

  async function withClient<Result>(use: (client: Client) => Promise<Result>): Promise<Result> {
    const client = await connectTo(cassandra);
    try {
      return await use(client);
    } finally {
      await client.shutdown();
    }
  }

  it('are what the same events give when they are looked at all at once', async () => {
    const views = Array.from({ length: 6000 }, (_, index) => viewAt(index));
    const readings = Array.from({ length: 4000 }, (_, index) => readingAt(index));
    const keyspace = uniqueKeyspace('windows');
    const summary = await run('kafka-windows.yaml', {
      'sources.user_events.brokers': kafka,
      'sources.sensor_data.brokers': kafka,
      'sources.user_events.topics': await topicOf(views, 3),
      'sources.sensor_data.topics': await topicOf(readings, 2),
      'sinks.page_view_metrics.contact_points': cassandra,
      'sinks.sensor_metrics.contact_points': cassandra,
      'sinks.page_view_metrics.table': `${keyspace}.page_view_metrics`,
      'sinks.sensor_metrics.table': `${keyspace}.sensor_metrics`,
    });
    expect(summary).toMatchObject({ read: 10_000, dead_letters: 0 });
    expect(summary.nodes.map(({ late }) => late)).toEqual(summary.nodes.map(() => 0));

    await withClient(async (client) => {
      const { rows } = await client.execute(`SELECT * FROM ${keyspace}.page_view_metrics`, [], {
        fetchSize: 50_000,
      });
      const found = rows.map((row) => [
        `${row.page} ${row.window_start.getTime()} ${row.window_end.getTime()}`,
        [Number(row.total_views), [...row.unique_users].sort().join(), row.avg_session_duration.toFixed(9)],
      ]);
      expect(Object.fromEntries(found)).toEqual(expectedViews(views));

      const hours = await client.execute(`SELECT * FROM ${keyspace}.sensor_metrics`, [], {
        fetchSize: 50_000,
      });
      const metrics = hours.rows.map((row) => [
        `${row.sensor_id} ${row.window_start.getTime()} ${row.window_end.getTime()}`,
        [row.avg_temperature.toFixed(9), row.max_humidity],
      ]);
      expect(Object.fromEntries(metrics)).toEqual(expectedHours(readings));
      await client.execute(`DROP KEYSPACE ${keyspace}`);
    });
  });
});

function expectedViews(views: readonly View[]): Record<string, unknown> {
  const groups = Object.groupBy(views, ({ page, timestamp }) => {
    const start = Math.floor(timestamp / (5 * MINUTE)) * 5 * MINUTE;
    return `${page} ${start} ${start + 5 * MINUTE}`;
  });
  return Object.fromEntries(
    Object.entries(groups).map(([window, group = []]) => {
      const users = [...new Set(group.map(({ user_id }) => user_id))].sort().join();
      const durations = group.reduce((sum, { session_duration }) => sum + session_duration, 0);
      return [window, [group.length, users, (durations / group.length).toFixed(9)]];
    }),
  );
}

function expectedHours(readings: readonly ReturnType<typeof readingAt>[]): Record<string, unknown> {
  const groups = new Map<string, { sum: number; count: number; max: number }>();
  for (const { sensor_id, temperature, humidity, timestamp } of readings) {
    const last = Math.floor(timestamp / (5 * MINUTE)) * 5 * MINUTE;
    for (let start = last; start > timestamp - 60 * MINUTE; start -= 5 * MINUTE) {
      const window = `${sensor_id} ${start} ${start + 60 * MINUTE}`;
      const group = groups.get(window) ?? { sum: 0, count: 0, max: Number.NEGATIVE_INFINITY };
      group.sum += temperature;
      group.count++;
      group.max = Math.max(group.max, humidity);
      groups.set(window, group);
    }
  }
  return Object.fromEntries(
    [...groups].map(([window, { sum, count, max }]) => [window, [(sum / count).toFixed(9), max]]),
  );
}
