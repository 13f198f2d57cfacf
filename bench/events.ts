import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { produceWithConsole } from '../test/real/console-producer.ts';

const START = Date.UTC(2025, 0, 1);
const STEP_MS = 10;
const USERS = 10_000;
const PARTITIONS = 4;
const ACTIONS = ['click', 'view', 'scroll', 'purchase'] as const;
const CHUNK = 10_000;

/** The n-th event: 10 ms after the one before (a million is 2.8 h), of one of 10,000 users, some 175 bytes as JSON. */
export function eventAt(n: number, step = STEP_MS) {
  const scattered = Math.imul(n, 2_654_435_761) >>> 0;
  return {
    id: n,
    user_id: `user-${String(scattered % USERS).padStart(5, '0')}`,
    timestamp: START + Math.floor(n * step),
    action: ACTIONS[scattered % ACTIONS.length]!,
    value: (scattered % 100_000) / 100,
    page: `/products/${scattered % 997}`,
    referrer: `https://example.com/search?q=${scattered % 89}`,
    country: 'DE',
  };
}

/** A topic that holds the first `count` events by user, made on the first call and kept for later runs. */
export async function topicOf(count: number, kafka: string): Promise<string> {
  const topic = `sluice-bench-${count}`;
  const admin = new Kafka({ brokers: [kafka], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    if ((await recordsIn(topic, admin)) !== count) {
      await remake(topic, admin);
      await fill(topic, count, kafka);
    }
  } finally {
    await admin.disconnect();
  }
  return topic;
}

async function recordsIn(topic: string, admin: Admin): Promise<number> {
  if (!(await admin.listTopics()).includes(topic)) return 0;
  const partitions = await admin.fetchTopicOffsets(topic);
  return partitions.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
}

async function remake(topic: string, admin: Admin): Promise<void> {
  if ((await admin.listTopics()).includes(topic)) await admin.deleteTopics({ topics: [topic] });
  // Waiting for leaders fails where the broker has not heard of the topic yet; the producer waits well.
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: false });
}

async function fill(topic: string, count: number, kafka: string): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const file = join(dir, 'records');
  await writeAll(count, file, (n) => `${eventAt(n).user_id}|${JSON.stringify(eventAt(n))}`);
  await produceWithConsole({ kafka, topic, file, keySeparator: '|' });
  await rm(dir, { recursive: true });
}

/** The first `count` events as JSON lines, `step` milliseconds apart. */
export function writeLines(count: number, file: string, step = STEP_MS): Promise<void> {
  return writeAll(count, file, (n) => JSON.stringify(eventAt(n, step)));
}

/** Half of the first `count` events as JSON lines: every other run of sixteen, as users are the same in each sixteenth. */
export function writeHalf(count: number, file: string, half: 0 | 1): Promise<void> {
  const placeOf = (n: number) => 32 * Math.floor(n / 16) + (n % 16) + 16 * half;
  return writeAll(count / 2, file, (n) => JSON.stringify(eventAt(placeOf(n))));
}

async function writeAll(count: number, file: string, lineOf: (n: number) => string): Promise<void> {
  const output = createWriteStream(file);
  for (let first = 0; first < count; first += CHUNK) {
    const lines = Array.from({ length: Math.min(CHUNK, count - first) }, (_, index) => lineOf(first + index));
    if (!output.write(`${lines.join('\n')}\n`)) await once(output, 'drain');
  }
  output.end();
  await once(output, 'close');
}
