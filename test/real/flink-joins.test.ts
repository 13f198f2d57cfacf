import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { summaryOf, Workplace } from '../cli/sluice.ts';
import { FlinkSession, startFlink } from './flink.ts';
import { createTopic, produce, uniqueName } from './kafka.ts';
import { servers } from './servers.ts';

/** Of each stream; `npm run campaign:flink-joins` compares a hundred thousand. */
const EVENTS = Number(process.env.FLINK_EVENTS ?? 5000);
const START = Date.UTC(2026, 0, 1);

type Stream = 'orders' | 'clicks';

/** Five hundred keys and 100 ms between events, out of order by up to four seconds; equal times and NULL keys occur. */
function eventAt(stream: Stream, index: number) {
  const scattered = scatter(index + (stream === 'orders' ? 0 : 1_000_003));
  const back = scattered % 10 === 0 ? 100 * (scattered % 41) : 0;
  return {
    k: scattered % 53 === 0 ? null : `k${scattered % 500}`,
    n: index,
    v: scattered % 1000,
    t: START + index * 100 - back,
  };
}

function scatter(index: number): number {
  let bits = Math.imul(index ^ (index >>> 16), 0x45d9f3b);
  bits = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

const near = "o.ts BETWEEN c.ts - INTERVAL '30' SECOND AND c.ts + INTERVAL '30' SECOND";
const windowOf = (table: string) =>
  `(SELECT * FROM TABLE(TUMBLE(TABLE ${table}, DESCRIPTOR(ts), INTERVAL '1' MINUTE)))`;
const sameWindow = 'o.window_start = c.window_start AND o.window_end = c.window_end';

/** The campaign compares all. */
const types = (['INNER', 'LEFT', 'RIGHT', 'FULL'] as const).slice(0, process.env.FLINK_EVENTS ? 4 : 2);

/** What it is called, its kind in SQL, what is joined on, what is joined, and the same for sluice. */
const joins = types.flatMap((type) => [
  [`${type} within a time`, `orders o ${type} JOIN clicks c ON o.k = c.k AND ${near}`, '30s', type] as const,
  [
    `${type} in the same window`,
    `${windowOf('orders')} o ${type} JOIN ${windowOf('clicks')} c ON o.k = c.k AND ${sameWindow}`,
    'tumbling',
    type,
  ] as const,
]);

describe.runIf(servers)('the same two streams joined by Flink SQL and by sluice', () => {
  const { kafka = '' } = servers ?? {};
  const topics = { orders: uniqueName('orders'), clicks: uniqueName('clicks') };
  let session: FlinkSession;
  let flink: Awaited<ReturnType<typeof startFlink>>;

  beforeAll(async () => {
    flink = await startFlink();
    session = await FlinkSession.open(flink.gateway);
    for (const stream of ['orders', 'clicks'] as const) {
      await createTopic(kafka, topics[stream], 1);
      const records = Array.from({ length: EVENTS }, (_, index) => ({
        value: JSON.stringify(eventAt(stream, index)),
      }));
      await produce(kafka, topics[stream], records, { perBatch: 5000 });
      await session.execute(`CREATE TABLE ${stream} (
        k STRING, n INT, v INT, t BIGINT, ts AS TO_TIMESTAMP_LTZ(t, 3), WATERMARK FOR ts AS ts - INTERVAL '5.001' SECOND
      ) WITH (
        'connector' = 'kafka', 'properties.bootstrap.servers' = '${kafka}', 'topic' = '${topics[stream]}',
        'format' = 'json', 'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset',
        'scan.watermark.emit.strategy' = 'on-event'
      )`);
    }
  });

  afterAll(() => flink?.down());

  it.each(joins)('%s: the pairs are the same', async (_, table, window, type) => {
    const rows = await session.execute(`SELECT o.n, c.n, c.v - o.v FROM ${table}`);

    const workplace = new Workplace();
    const from = (stream: Stream) => [
      '--from',
      `${stream}=kafka://${kafka}/${topics[stream]}?group=${uniqueName('join')}`,
    ];
    const { code, stdout, stderr } = await workplace.run([
      ...['join', ...from('orders'), ...from('clicks'), '--exit-at-end', '--time', 't', '--watermark', '5s'],
      ...['--on', 'orders.k = clicks.k', '--type', type.toLowerCase()],
      ...(window === 'tumbling' ? ['--tumbling', '1m'] : ['--window', window]),
      ...['--select', 'orders.n AS o, clicks.n AS c, clicks.v - orders.v AS d'],
      ...['--to', 'out.jsonl', '--json'],
    ]);
    expect(code, stderr).toBe(0);
    const lines = readFileSync(workplace.path('out.jsonl'), 'utf8').trimEnd().split('\n');
    const ours = lines.map((line) => {
      const { o, c, d } = JSON.parse(line);
      return pairOf([o, c, d]);
    });

    const theirs = rows.map(pairOf);
    expect(differences(theirs, ours)).toEqual([]);
    expect(ours).toHaveLength(theirs.length);
    expect(ours.length).toBeGreaterThan(EVENTS / 2);
    expect(summaryOf(stdout)).toMatchObject({ read: 2 * EVENTS, late: 0, dead_letters: 0 });
  });
});

function pairOf([order, click, difference]: readonly unknown[]): string {
  return `${order} ${click} ${difference}`;
}

/** Up to ten rows that only one of them has, or has more often. */
function differences(theirs: readonly string[], ours: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const row of theirs) counts.set(row, (counts.get(row) ?? 0) + 1);
  for (const row of ours) counts.set(row, (counts.get(row) ?? 0) - 1);
  const unequal = [...counts].filter(([, count]) => count !== 0);
  return unequal.slice(0, 10).map(([row, count]) => `${row}: ${count > 0 ? 'Flink' : 'sluice'} only`);
}
