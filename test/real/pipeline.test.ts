import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { summaryOf, unaccounted, Workplace } from '../cli/sluice.ts';
import { connectTo, uniqueKeyspace } from './cassandra.ts';
import { createTopic, produce, uniqueName } from './kafka.ts';
import { servers } from './servers.ts';

const example = fileURLToPath(new URL('../../examples/premium-activity.yaml', import.meta.url));
const START = Date.UTC(2026, 0, 1);
const EVENTS = 2000;
const USERS = ['ann', 'bob', 'cid', 'dan', 'nobody'];
/** As in examples/users.jsonl, which the example looks them up in. */
const SEGMENTS: Readonly<Record<string, string>> = {
  ann: 'premium',
  bob: 'basic',
  cid: 'premium',
  dan: 'basic',
};

/** Three seconds apart, and one in fifty ten seconds out of order; another one is no JSON. */
function recordAt(index: number): { value: string; timestamp: string } {
  const scattered = Math.imul(index, 2_654_435_761) >>> 0;
  const event = JSON.stringify({ user_id: USERS[scattered % USERS.length], value: (scattered % 400) / 4 });
  const at = START + index * 3000 - (index % 50 === 49 ? 10_000 : 0);
  return { value: index % 50 === 7 ? event.slice(1) : event, timestamp: String(at) };
}

/** What a plain loop makes of them, row by row: user, window, count and total. */
function expectedRows(records: readonly { value: string; timestamp: string }[]): string[] {
  const sums = new Map<string, { count: number; total: number }>();
  for (const { value, timestamp } of records) {
    if (!value.startsWith('{')) continue;
    const event = JSON.parse(value);
    if (SEGMENTS[event.user_id] !== 'premium') continue;
    const start = Math.floor(Number(timestamp) / 300_000) * 300_000;
    const key = `${event.user_id} ${start} ${start + 300_000}`;
    const sum = sums.get(key) ?? { count: 0, total: 0 };
    sums.set(key, { count: sum.count + 1, total: sum.total + event.value });
  }
  return [...sums].map(([key, { count, total }]) => `${key} ${count} ${total}`).sort();
}

describe.runIf(servers)('parse → enrich → filter → aggregate → Cassandra, as the example has it', () => {
  const { kafka = '', cassandra = '' } = servers ?? {};

  it.each(['a file', 'Cassandra'])(
    'gives row by row what a plain loop gives, with users from %s',
    async (users) => {
      const client = await connectTo(cassandra);
      const keyspace = uniqueKeyspace('pipeline');
      await client.execute(
        `CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
      );
      await client.execute(`CREATE TABLE ${keyspace}.users (id text PRIMARY KEY, segment text)`);
      for (const [id, segment] of Object.entries(SEGMENTS)) {
        await client.execute(`INSERT INTO ${keyspace}.users (id, segment) VALUES ('${id}', '${segment}')`);
      }
      const topic = uniqueName('pipeline');
      await createTopic(kafka, topic);
      const records = Array.from({ length: EVENTS }, (_, index) => recordAt(index));
      await produce(kafka, topic, records);

      const lookup = `{ into: user, key: user_id, via: cassandra, contact_points: ['${cassandra}'], table: ${keyspace}.users }`;
      const settings = [
        `sources.raw_events.brokers=${kafka}`,
        `sources.raw_events.topics=${topic}`,
        `sinks.summary.contact_points=${cassandra}`,
        `sinks.summary.table=${keyspace}.user_activity_summary`,
        ...(users === 'Cassandra' ? [`operators.enriched.steps.1.lookup=${lookup}`] : []),
      ].flatMap((setting) => ['--set', setting]);
      const args = ['run', example, '--exit-at-end', '--json', '--name', topic, ...settings];
      const { code, stdout, stderr } = await new Workplace().run(args);
      expect(code, stderr).toBe(0);
      const summary = summaryOf(stdout);
      expect(summary).toMatchObject({ read: EVENTS, dead_letters: EVENTS / 50 });
      const { aggregate: _, ...open } = unaccounted(summary);
      expect(open).toEqual({});

      const { rows } = await client.execute(`SELECT * FROM ${keyspace}.user_activity_summary`, [], {
        fetchSize: 10_000,
      });
      const found = rows.map(({ user_id, window_start, window_end, event_count, total_value }) =>
        [user_id, window_start.getTime(), window_end.getTime(), event_count, total_value].join(' '),
      );
      expect(found.sort()).toEqual(expectedRows(records));
      await client.execute(`DROP KEYSPACE ${keyspace}`);
      await client.shutdown();
    },
  );
});
