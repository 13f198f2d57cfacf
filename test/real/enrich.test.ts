import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { summaryOf, unaccounted, Workplace } from '../cli/sluice.ts';
import { connectTo, uniqueKeyspace } from './cassandra.ts';
import { produceWithConsole } from './console-producer.ts';
import { createTopic, uniqueName } from './kafka.ts';
import { servers } from './servers.ts';

const EVENTS = 10_000;
const USERS = 200;
/** One event in a hundred is bad, in turn in five ways. */
const BAD_WAYS = ['json', 'type', 'lookup', 'refused', 'module'] as const;
type BadWay = (typeof BAD_WAYS)[number];
const badWayOf = (id: number): BadWay | null =>
  id % 100 === 50 ? BAD_WAYS[Math.floor(id / 100) % 5]! : null;

const segmentOf = (user: number) => (user % 2 === 0 ? 'premium' : 'basic');
/** Longer than Cassandra takes as a part of a key. */
const TOO_LONG = 70_000;

function record(id: number): string {
  const way = badWayOf(id);
  const event = {
    id: way === 'refused' ? `${id}-${'x'.repeat(TOO_LONG)}` : String(id),
    user_id: way === 'lookup' ? `new-${id}` : `u${(id % (USERS / 2)) * 2}`,
    amount: way === 'type' ? 'much' : id / 4,
    price: way === 'module' ? null : id,
  };
  const text = JSON.stringify(event);
  return JSON.stringify({ value: way === 'json' ? text.slice(1) : text });
}

/** What a straightforward program makes of the stream: the rows of premium users, each with its total. */
function expectedRows(ways: readonly (BadWay | null)[]): Map<string, number> {
  const rows = new Map<string, number>();
  for (let id = 0; id < EVENTS; id++) {
    if (ways.includes(badWayOf(id))) rows.set(String(id), id / 4 + (badWayOf(id) === 'module' ? 0 : id));
  }
  return rows;
}

const moduleThat = (handlesNull: boolean) => `
export function transform(event) {
  if (event.price === null && ${!handlesNull}) throw new Error('there is no price');
  return { ...event, total: Number(event.amount) + (event.price ?? 0) };
}`;

describe.runIf(servers)('parse → enrich → filter → destination', () => {
  const { kafka = '', cassandra = '' } = servers ?? {};

  function jobfile(topic: string, keyspace: string): string {
    return `
name: ${topic}
sources:
  raw: { type: kafka, brokers: ['${kafka}'], topics: [${topic}], group: ${topic} }
operators:
  activity:
    type: transform
    steps:
      - { name: parse, parse: { field: value, as: json, merge: true } }
      - name: enrich
        lookup: { into: user, key: user_id, via: cassandra, contact_points: ['${cassandra}'], table: ${keyspace}.users, on_miss: dead_letter, ttl: 1s }
      - filter: user.segment = 'premium'
      - { name: sum, module: ./sum.mjs }
      - select: [id, user_id, user.segment AS user_segment, amount, total]
sinks:
  table:
    type: cassandra
    contact_points: ['${cassandra}']
    table: ${keyspace}.activity
    key: [id]
exit_at_end: true
checkpoint: { interval: 1s }
`;
  }

  async function begin(place: Workplace, topic: string, keyspace: string) {
    const client = await connectTo(cassandra);
    await client.execute(
      `CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
    );
    await client.execute(`CREATE TABLE ${keyspace}.users (id text PRIMARY KEY, segment text)`);
    await client.execute(
      `CREATE TABLE ${keyspace}.activity (id text PRIMARY KEY, user_id text, user_segment text, amount double, total double)`,
    );
    const insert = `INSERT INTO ${keyspace}.users (id, segment) VALUES (?, ?)`;
    for (let user = 0; user < USERS; user++) {
      await client.execute(insert, [`u${user}`, segmentOf(user)], { prepare: true });
    }
    const file = place.path('raw.jsonl');
    writeFileSync(file, Array.from({ length: EVENTS }, (_, id) => `${record(id)}\n`).join(''));
    await createTopic(kafka, topic, 3);
    await produceWithConsole({ kafka, topic, file, compression: 'gzip' });
    writeFileSync(place.path('job.yaml'), jobfile(topic, keyspace));
    writeFileSync(place.path('sum.mjs'), moduleThat(false));
    return client;
  }

  test('equals an independent computation; what was bad comes in by a replay once its cause is mended', async () => {
    const place = new Workplace();
    const topic = uniqueName('raw');
    const keyspace = uniqueKeyspace('enrich');
    const client = await begin(place, topic, keyspace);
    const rows = async () => {
      const found = await client.execute(`SELECT id, total FROM ${keyspace}.activity`, [], {
        fetchSize: 20_000,
      });
      return new Map(found.rows.map((row): [string, number] => [row.id, row.total]));
    };
    const letters = async () => {
      const { stdout } = await place.run(['dlq', 'list', topic, '--json']);
      return stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    };

    const first = await place.run(['run', 'job.yaml', '--json']);
    expect(first.code, first.stderr).toBe(0);
    const summary = summaryOf(first.stdout);
    expect(unaccounted(summary)).toEqual({});
    expect(await rows()).toEqual(expectedRows([null]));

    const each = EVENTS / 100 / BAD_WAYS.length;
    const found = await letters();
    const kinds = Map.groupBy(found, ({ node, step, reason }) => [node, step, reason].join(' '));
    expect(Object.fromEntries([...kinds].map(([kind, of]) => [kind, of.length]))).toEqual({
      'activity parse parse': each,
      'activity enrich lookup': each,
      'activity sum module': each,
      'table  type': each,
      'table  refused': each,
    });
    const original = new Set(Array.from({ length: EVENTS }, (_, id) => record(id)));
    expect(found.every(({ bytes }) => original.has(bytes))).toBe(true);

    for (let id = 0; id < EVENTS; id++) {
      if (badWayOf(id) !== 'lookup') continue;
      await client.execute(`INSERT INTO ${keyspace}.users (id, segment) VALUES ('new-${id}', 'premium')`);
    }
    writeFileSync(place.path('sum.mjs'), moduleThat(true));

    for (const atLeast of [1, each]) await killedInTheMiddle(place, topic, rows, atLeast);
    const replay = await place.run(['replay-dlq', topic, '--max-attempts', '100', '--json']);
    expect(replay.code, replay.stderr).toBe(0);
    expect(await rows()).toEqual(expectedRows([null, 'lookup', 'module']));
    const left = (await letters()).filter(({ status }) => status !== 'replayed');
    expect(new Set(left.map(({ reason }) => reason))).toEqual(new Set(['parse', 'type', 'refused']));
    expect(left.length).toBe(3 * each);
    await client.shutdown();
  });

  /** Kills a replay when that many more rows are there, or lets it end before. */
  async function killedInTheMiddle(
    place: Workplace,
    topic: string,
    rows: () => Promise<Map<string, number>>,
    atLeast: number,
  ): Promise<void> {
    const before = (await rows()).size;
    const child = place.start('replay-dlq', topic, '--max-attempts', '100');
    const ended = new Promise((resolve) => child.once('close', resolve));
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    while (!isOver && (await rows()).size < before + atLeast);
    child.kill('SIGKILL');
    await ended;
  }
});
