import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import type { Client } from 'cassandra-driver';
import { describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { collect, summaryOf, unaccounted, Workplace } from '../cli/sluice.ts';
import { connectTo, uniqueKeyspace } from './cassandra.ts';
import { produceWithConsole } from './console-producer.ts';
import { createTopic, uniqueName } from './kafka.ts';
import { type ActivityRow, type BadWay, MENDED, PoisonedStream, REFUSALS } from './poisoned-stream.ts';
import { servers } from './servers.ts';

/** `npm run campaign:letters` takes 100,000 events and another seed each time. */
const EVENTS = Number(process.env.LETTER_EVENTS ?? 8000);
const SEED = Number(
  process.env.LETTER_SEED ?? (process.env.LETTER_EVENTS ? systemClock.now() % 1_000_000 : 1),
);
/** Of each call to the mended module, so that a replay has a middle. */
const MODULE_MS = 300;
/** Kills a replay at any time may come before an attempt counts: none is to run out of attempts. */
const REPLAY = ['replay-dlq', 'activity', '--max-attempts', '100'];

const stream = new PoisonedStream(EVENTS, SEED);

const brokenModule = `
export function transform(event) {
  if (event.price === null) throw new Error('there is no price');
  return { ...event, total: event.amount + event.price };
}`;
const mendedModule = `
import { appendFileSync } from 'node:fs';
export async function transform(event) {
  appendFileSync('calls', event.id + ' ');
  await new Promise((resolve) => setTimeout(resolve, ${MODULE_MS}));
  return { ...event, total: event.amount + (event.price ?? 0) };
}`;

describe.runIf(servers)('parse → enrich → filter → module → destination', () => {
  const { kafka = '', cassandra = '' } = servers ?? {};

  /** The file is a witness: into a table a row may go twice unseen, there it would stand twice. */
  const jobfile = (topic: string, keyspace: string) => `
name: activity
sources:
  raw: { type: kafka, brokers: ['${kafka}'], topics: [${topic}], group: ${topic} }
operators:
  activity:
    type: transform
    steps:
      - { name: parse, parse: { field: value, as: json, merge: true } }
      - name: enrich
        lookup: { into: user, key: user_id, via: cassandra, contact_points: ['${cassandra}'], table: ${keyspace}.users, on_miss: dead_letter }
      - filter: user.segment = 'premium'
      - { name: sum, module: ./sum.mjs }
      - select: [id, user_id, user.segment AS user_segment, amount, total, note]
sinks:
  table: { type: cassandra, from: activity, contact_points: ['${cassandra}'], table: ${keyspace}.activity, key: [id] }
  witness: { type: file, from: activity, path: witness.jsonl }
max_concurrency: 1
exit_at_end: true
checkpoint: { interval: 500ms }
`;

  async function begin(place: Workplace, keyspace: string): Promise<Client> {
    const topic = uniqueName('raw');
    const client = await connectTo(cassandra);
    await client.execute(
      `CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
    );
    await client.execute(`CREATE TABLE ${keyspace}.users (id text PRIMARY KEY, segment text)`);
    await client.execute(
      `CREATE TABLE ${keyspace}.activity (id text PRIMARY KEY, user_id text, user_segment text, amount double,
       total double, note text)`,
    );
    await client.execute(`CREATE INDEX notes ON ${keyspace}.activity (note)`);
    await addUsers(client, keyspace, stream.knownUsers());
    const file = place.path('raw.jsonl');
    writeFileSync(file, Array.from({ length: EVENTS }, (_, id) => `${stream.record(id)}\n`).join(''));
    await createTopic(kafka, topic, 3);
    await produceWithConsole({ kafka, topic, file, compression: 'gzip' });
    writeFileSync(place.path('job.yaml'), jobfile(topic, keyspace));
    writeFileSync(place.path('sum.mjs'), brokenModule);
    return client;
  }

  test(`of ${EVENTS} events, seed ${SEED}: letters tell all, and what is mended comes in once, whatever is killed`, async () => {
    const place = new Workplace();
    const keyspace = uniqueKeyspace('letters');
    const client = await begin(place, keyspace);

    const first = await place.run(['run', 'job.yaml', '--json']);
    expect(first.code, first.stderr).toBe(0);
    const summary = summaryOf(first.stdout);
    expect(summary).toMatchObject({ read: EVENTS, dropped: 0, dead_letters: stream.bad().length });
    expect(unaccounted(summary)).toEqual({});
    await expectRows(client, keyspace, []);
    expectWitness(place, ['type', 'index']);
    const told = await lettersOf(place);
    expect(differences(reasonsOf(told), expectedReasons())).toEqual([]);

    await addUsers(client, keyspace, stream.missingUsers());
    await client.execute(`DROP INDEX ${keyspace}.notes`);
    writeFileSync(place.path('sum.mjs'), mendedModule);
    const mended = stream.bad(MENDED).length;

    await killed(place, (said) => said.includes('replaying'));
    await killed(place, () => existsSync(place.path('calls')));
    expect(replayed(place)).toBeLessThan(mended);
    const some = Math.ceil(mended * (0.1 + (SEED % 6) / 10));
    await killed(place, () => replayed(place) >= some);

    const last = await place.run([...REPLAY, '--json']);
    expect(last.code, last.stderr).toBe(0);
    await expectRows(client, keyspace, MENDED);
    expectWitness(place, ['type', ...MENDED]);
    const left = await lettersOf(place);
    expect(differences(reasonsOf(left), expectedReasons())).toEqual([]);
    const open = left.filter(({ status }) => status !== 'replayed');
    expect(differences(reasonsOf(open), expectedReasons(['json', 'type']))).toEqual([]);
    const fates = new Set(
      open.map(({ status, attempts }) => `${status}, ${attempts > 1 ? 'tried again' : 'tried once'}`),
    );
    expect([...fates]).toEqual(['waiting, tried again']);
    const again = await place.run([...REPLAY, '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ replayed: 0, failed_again: open.length });
    await expectRows(client, keyspace, MENDED);
    await client.execute(`DROP KEYSPACE ${keyspace}`);
    await client.shutdown();
  });
});

interface Letter {
  readonly node: string;
  readonly step: string | null;
  readonly reason: string;
  readonly status: string;
  readonly attempts: number;
  readonly bytes: string;
}

/** Original bytes → what the letter says. */
function reasonsOf(letters: readonly Letter[]): Map<string, string> {
  const reasons = letters.map(
    ({ bytes, node, step, reason }) => [bytes, [node, step, reason].join(' ')] as const,
  );
  expect(new Set(reasons.map(([bytes]) => bytes)).size).toBe(letters.length);
  return new Map(reasons);
}

function expectedReasons(ways?: readonly BadWay[]): Map<string, string> {
  return new Map(stream.bad(ways).map((id) => [stream.record(id), REFUSALS[stream.wayOf(id)!]]));
}

async function lettersOf(place: Workplace): Promise<Letter[]> {
  const { stdout } = await place.run(['dlq', 'list', 'activity', '--json']);
  return linesOf(stdout);
}

/** By key and by counting. */
async function expectRows(client: Client, keyspace: string, ways: readonly BadWay[]): Promise<void> {
  const expected = stream.rows(ways);
  const found = new Map<string, ActivityRow>();
  const rows = await client.execute(`SELECT * FROM ${keyspace}.activity`, [], { fetchSize: 2000 });
  let counted = 0;
  for await (const { id, user_id, user_segment, amount, total, note } of rows) {
    counted++;
    found.set(id, { id, user_id, user_segment, amount, total, note: note.length });
  }
  expect(counted).toBe(expected.size);
  expect(differences(found, expected)).toEqual([]);
}

/** What the transform gave out, each once. */
function expectWitness(place: Workplace, ways: readonly BadWay[]): void {
  const lines = linesOf<{ id: string; note: string }>(readFileSync(place.path('witness.jsonl'), 'utf8'));
  const expected = stream.rows(ways);
  expect(lines.length).toBe(expected.size);
  const found = lines.map((row) => [row.id, { ...row, note: row.note.length }] as const);
  expect(differences(new Map(found), expected)).toEqual([]);
}

/** A few of the keys whose values differ, with both. */
function differences<Value>(found: ReadonlyMap<string, Value>, expected: ReadonlyMap<string, Value>) {
  const keys = new Set([...found.keys(), ...expected.keys()]);
  const pairs = [...keys].map((key) => [key.slice(0, 80), found.get(key), expected.get(key)] as const);
  return pairs.filter(([, one, other]) => JSON.stringify(one) !== JSON.stringify(other)).slice(0, 5);
}

function linesOf<Line>(text: string): Line[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line));
}

async function addUsers(client: Client, keyspace: string, users: readonly [string, string][]): Promise<void> {
  const insert = `INSERT INTO ${keyspace}.users (id, segment) VALUES (?, ?)`;
  for (const user of users) await client.execute(insert, user, { prepare: true });
}

/** Starts a replay, and kills it at the first sight of the moment. */
async function killed(place: Workplace, isMoment: (said: string) => boolean): Promise<void> {
  const child = place.start(...REPLAY);
  const ended = collect(child);
  let said = '';
  child.stderr?.on('data', (text: string) => (said += text));
  await vi.waitUntil(() => isMoment(said), { timeout: 120_000, interval: 1 });
  child.kill('SIGKILL');
  expect((await ended).signal).toBe('SIGKILL');
}

/** Letters that are marked, read beside the tool. */
function replayed(place: Workplace): number {
  const database = new Sqlite(place.path('home/jobs/activity/checkpoints.db'), { readonly: true });
  try {
    const count = "SELECT count(*) AS letters FROM sluice_dead_letters WHERE status = 'replayed'";
    return database.prepare<[], { letters: number }>(count).get()!.letters;
  } finally {
    database.close();
  }
}
