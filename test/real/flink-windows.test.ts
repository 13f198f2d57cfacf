import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { summaryOf, Workplace } from '../cli/sluice.ts';
import { FlinkSession, startFlink } from './flink.ts';
import { createTopic, produce, uniqueName } from './kafka.ts';
import { servers } from './servers.ts';

/** `npm run campaign:flink` compares a million. */
const EVENTS = Number(process.env.FLINK_EVENTS ?? 20_000);
const PATIENCE = 180_000 + EVENTS;
const START = Date.UTC(2026, 0, 1);
const TOLERANCE = 1e-9;

/**
 * Thirty keys, 20 ms apart, out of order by up to eight seconds, and some by a minute: with a delay of five seconds these are late. All times are
 * even and the gap of sessions is odd: where the watermark is a millisecond before a session's end, Flink closes it
 * although an event at that very end would still belong to it; sluice waits for that millisecond.
 */
function eventAt(index: number) {
  const scattered = scatter(index);
  const other = scatter(index + 1_000_003);
  return {
    k: `k${scattered % 30}`,
    u: other % 100,
    v: (other % 100_000) / 1000 - 30,
    t: START + index * 20 - (scattered % 10 === 0 ? 2 * (other % 4000) : scattered % 97 === 0 ? 60_000 : 0),
  };
}

function scatter(index: number): number {
  let bits = Math.imul(index ^ (index >>> 16), 0x45d9f3b);
  bits = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

const aggregates = {
  n: ['COUNT(*)', 'count(*)'],
  users: ['COUNT(DISTINCT u)', 'count(DISTINCT u)'],
  total: ['SUM(v)', 'sum(v)'],
  mean: ['AVG(v)', 'avg(v)'],
  least: ['MIN(v)', 'min(v)'],
  most: ['MAX(v)', 'max(v)'],
  spread: ['STDDEV_SAMP(v)', 'stddev(v)'],
  high: ['COUNT(*) FILTER (WHERE v > 50)', 'count(*) FILTER (WHERE v > 50)'],
} as const;
const names = Object.keys(aggregates) as (keyof typeof aggregates)[];

const windows = [
  ['tumbling', "TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND)", ['--tumbling', '10s']],
  [
    'sliding',
    "HOP(TABLE events, DESCRIPTOR(ts), INTERVAL '4' SECOND, INTERVAL '32' SECOND)",
    ['--sliding', '32s', '--every', '4s'],
  ],
  [
    'session',
    "SESSION(TABLE events PARTITION BY k, DESCRIPTOR(ts), INTERVAL '1.501' SECOND)",
    ['--session', '1501ms'],
  ],
] as const;

describe.runIf(servers)('the same events through Flink SQL and through sluice', () => {
  const { kafka = '' } = servers ?? {};
  let topic: string;
  let session: FlinkSession;
  let flink: Awaited<ReturnType<typeof startFlink>>;

  beforeAll(async () => {
    flink = await startFlink();
    topic = uniqueName('flink');
    await createTopic(kafka, topic, 1);
    const records = Array.from({ length: EVENTS }, (_, index) => ({ value: JSON.stringify(eventAt(index)) }));
    await produce(kafka, topic, records, { perBatch: 5000 });
    session = await FlinkSession.open(flink.gateway);
    // Flink's watermark is the newest time less the delay; ours is a millisecond less, as an event of that time may come.
    await session.execute(`CREATE TABLE events (
      k STRING, u INT, v DOUBLE, t BIGINT, ts AS TO_TIMESTAMP_LTZ(t, 3), WATERMARK FOR ts AS ts - INTERVAL '5.001' SECOND
    ) WITH (
      'connector' = 'kafka', 'properties.bootstrap.servers' = '${kafka}', 'topic' = '${topic}', 'format' = 'json',
      'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset',
      'scan.watermark.emit.strategy' = 'on-event'
    )`);
  }, PATIENCE);

  afterAll(() => flink?.down());

  it.each(windows)(
    '%s windows are the same',
    async (_, table, flags) => {
      const columns = names.map((name) => aggregates[name][0]).join(', ');
      const rows = await session.execute(
        `SELECT k, window_start, window_end, ${columns} FROM TABLE(${table}) GROUP BY k, window_start, window_end`,
      );
      const theirs = new Map(
        rows.map(([k, start, end, ...values]) => [`${k} ${timeOf(start)} ${timeOf(end)}`, values]),
      );

      const workplace = new Workplace();
      const aggregations = names.flatMap((name) => ['--agg', `${name}=${aggregates[name][1]}`]);
      const { code, stdout, stderr } = await workplace.run([
        ...['window', '--from', `kafka://${kafka}/${topic}?group=${uniqueName('flink')}`, '--exit-at-end'],
        ...['--time', 't', '--watermark', '5s', '--key', 'k', ...flags, ...aggregations],
        ...['--to', 'out.jsonl', '--json'],
      ]);
      expect(code, stderr).toBe(0);
      const lines = readFileSync(workplace.path('out.jsonl'), 'utf8').trimEnd().split('\n');
      const ours = new Map(
        lines.map((line) => {
          const { k, window_start, window_end, ...row } = JSON.parse(line);
          return [`${k} ${window_start} ${window_end}`, names.map((name) => row[name])];
        }),
      );

      expect(differences(theirs, ours)).toEqual([]);
      expect(ours.size).toBe(lines.length);
      expect(ours.size).toBeGreaterThan(EVENTS / 500);
      expect(summaryOf(stdout).nodes.find(({ name }) => name === 'window')!.late).toBeGreaterThan(0);
    },
    PATIENCE,
  );
});

/** What Flink prints has no zone; the session's is UTC. */
function timeOf(given: unknown): string {
  return new Date(`${given}Z`).toISOString();
}

/** Up to ten windows that are not the same. */
function differences(theirs: ReadonlyMap<string, unknown[]>, ours: ReadonlyMap<string, unknown[]>): string[] {
  const found: string[] = [];
  for (const window of new Set([...theirs.keys(), ...ours.keys()])) {
    const [their, our] = [theirs.get(window), ours.get(window)];
    const same = their?.length === our?.length && their?.every((value, index) => isNear(value, our?.[index]));
    if (!same) found.push(`${window}: Flink ${JSON.stringify(their)}, sluice ${JSON.stringify(our)}`);
    if (found.length === 10) break;
  }
  return found;
}

function isNear(one: unknown, other: unknown): boolean {
  if (typeof one !== 'number' || typeof other !== 'number') return one === other;
  return Math.abs(one - other) <= TOLERANCE * Math.max(1, Math.abs(one));
}
