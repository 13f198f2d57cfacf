import { cpSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { examples, examplesFolder, withServers, withTests } from '../examples.ts';
import { summaryOf, Workplace } from './sluice.ts';

type Row = Readonly<Record<string, unknown>>;

/** What an example leaves behind, to be looked at. */
interface Left {
  readonly stdout: string;
  file(name: string): Row[];
  table(database: string, table: string): Row[];
}

/** Every example that needs no server, and what must be true of its results. */
const looks: Readonly<Record<string, (left: Left) => void>> = {
  'alerts.yaml': ({ file }) => {
    const alerts = file('alerts.jsonl');
    const [bursts, anomalies] = [alerts.filter(isBurst), alerts.filter((alert) => !isBurst(alert))];
    expect(bursts.length).toBeGreaterThan(10);
    for (const { severity, message, user_id, count } of bursts)
      expect([severity, message, count]).toEqual(['warning', `${user_id}: rapid_clicks`, 4]);
    expect(anomalies.length).toBeGreaterThan(10);
    for (const { severity, message, sensor_id, value, mean, score } of anomalies) {
      expect(severity).toBe(Math.abs(Number(score)) < 10 ? 'warning' : 'critical');
      const [told, usual] = [Number(value), Number(mean)].map((each) => each.toFixed(1));
      expect(message).toBe(`${sensor_id}: ${told} where ${usual} is usual`);
    }
  },
  'anomaly.yaml': ({ stdout, file }) => {
    const alerts = rowsIn(stdout);
    expect(alerts.length).toBeGreaterThan(10);
    expect(alerts.every(({ score }) => Math.abs(Number(score)) > 2.5)).toBe(true);
    // When the input ends, nothing more is heard of any of the twenty.
    const silent = file('silent-sensors.jsonl').map(({ sensor_id }) => sensor_id);
    expect(silent).toHaveLength(20);
    expect(new Set(silent).size).toBe(20);
  },
  'clickstream.yaml': ({ table }) => {
    const countries = new Set(table('clickstream.db', 'clicks').map(({ country }) => country));
    expect(countries.size).toBeGreaterThan(1);
  },
  'commerce.yaml': ({ table }) => {
    const orders = table('commerce.db', 'order_history');
    expect(orders).toHaveLength(2000);
    const times = table('commerce.db', 'timeline').map(({ timestamp }) => Number(timestamp));
    expect(times).toHaveLength(22_000);
    const activity = table('commerce.db', 'user_activity');
    expect(activity.reduce((sum, { event_count }) => sum + Number(event_count), 0)).toBe(20_000);
    const enriched = table('commerce.db', 'enriched_orders');
    expect(enriched.length).toBeGreaterThan(100);
    const userOf = new Map(orders.map(({ order_id, user_id }) => [order_id, user_id]));
    expect(enriched.filter(({ order_id, user_id }) => userOf.get(order_id) !== user_id)).toEqual([]);
  },
  'enrich.yaml': ({ table }) => {
    const segments = table('enrich.db', 'user_activity').map(({ user_segment }) => user_segment);
    expect(new Set(segments)).toEqual(new Set(['premium']));
  },
  'join.yaml': ({ table }) => {
    const orders = table('joined.db', 'orders');
    expect(orders.length).toBeGreaterThan(100);
    expect(orders.some(({ name }) => name !== null)).toBe(true);
  },
  'page-views.yaml': ({ table, file }) => {
    const views = table('page-views.db', 'page_view_metrics').map(({ total_views }) => Number(total_views));
    const late = file('page-views-late.jsonl').length;
    expect(late).toBeGreaterThan(0);
    expect(views.reduce((sum, each) => sum + each, late)).toBe(20_000);
  },
  'pattern.yaml': ({ file }) => {
    const patterns = new Set(file('patterns.jsonl').map(({ pattern }) => pattern));
    expect(patterns).toEqual(new Set(['rapid_clicks', 'left_cart']));
  },
  'sensors.yaml': ({ table }) => {
    const sensors = table('sensors.db', 'sensor_metrics').map(({ sensor_id }) => sensor_id);
    expect(new Set(sensors).size).toBe(20);
  },
  'sessions.yaml': ({ file }) => {
    const sessions = file('sessions.jsonl');
    expect(sessions.length).toBeGreaterThan(0);
    expect(sessions.every(({ start_time }) => typeof start_time === 'number')).toBe(true);
  },
};

function isBurst({ pattern }: Row): boolean {
  return pattern !== undefined;
}

/** Those that take their time run faster. */
const settings: Readonly<Record<string, readonly string[]>> = {
  'clickstream.yaml': ['--set', 'sources.clicks.rate=100000'],
};

describe('the examples', () => {
  it('are all run by a test', () => {
    expect([...Object.keys(looks), ...withServers].toSorted()).toEqual(examples.toSorted());
  });

  it.each(Object.keys(looks))('%s runs to its end', async (name) => {
    const workplace = new Workplace();
    cpSync(examplesFolder, workplace.folder, { recursive: true, filter: isSource });
    const { code, stdout, stderr } = await workplace.run(['run', name, '--json', ...(settings[name] ?? [])]);
    expect(code, stderr).toBe(0);
    const { status } = summaryOf(stdout.includes('"status"') ? stdout : stderr);
    expect(status).toBe('finished');
    looks[name]!({
      stdout,
      file: (file) => rowsIn(readFileSync(workplace.path(file), 'utf8')),
      table: (database, table) => rowsOf(workplace.path(database), table),
    });
  });

  it.each(withTests)('%s passes its own tests', async (name) => {
    const { code, stdout } = await new Workplace().run(['test', join(examplesFolder, name)]);
    expect(stdout).toMatch(/tests? passed\n$/);
    expect(code).toBe(0);
  });
});

/** What a run by hand has left in the folder stays there. */
function isSource(path: string): boolean {
  return !/\.db(-\w+)?$/.test(basename(path));
}

function rowsIn(text: string): Row[] {
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
}

function rowsOf(file: string, table: string): Row[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare(`SELECT * FROM ${table} ORDER BY rowid`).all();
  } finally {
    database.close();
  }
}
