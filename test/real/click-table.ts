import { writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { Workplace } from '../cli/sluice.ts';
import { connectTo } from './cassandra.ts';
import { type Compression, produceWithConsole } from './console-producer.ts';
import { createTopic } from './kafka.ts';

/** What the tests of whole jobs move from a topic into a table: each event follows from its id. */
export interface Click {
  readonly user_id: string;
  readonly id: number;
  /** Epoch ms. */
  readonly timestamp: number;
  readonly value: number;
  /** Text that is exactly a decimal, for numbers that no double holds. */
  readonly price: string;
  readonly session: string;
  /** Base64. */
  readonly raw: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly path: readonly string[];
}

const USERS = 500;
const FIRST_CLICK = 1_700_000_000_000;

export function click(id: number): Click {
  return {
    user_id: `u${id % USERS}`,
    id,
    timestamp: FIRST_CLICK + id,
    value: id / 7,
    price: `${id}.000000000000000001`,
    session: `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`,
    raw: Buffer.from(`\0${id}`).toString('base64'),
    metadata: { browser: 'ä€😀', n: String(id) },
    tags: ['a', `t${id % 3}`],
    path: [`/${id}`, '/', `/${id}`],
  };
}

const SCHEMA = `user_id text, timestamp timestamp, id bigint, value double, price decimal, session uuid, raw blob,
  metadata map<text,text>, tags set<text>, path frozen<list<text>>`;

/** Makes a topic of four partitions that holds the clicks 0 to `count`, written by Kafka's own console producer. */
export async function produceClicks(
  kafka: string,
  topic: string,
  count: number,
  place: Workplace,
  compression: Compression = 'none',
): Promise<void> {
  const file = place.path(`${topic}.jsonl`);
  writeFileSync(file, Array.from({ length: count }, (_, id) => `${JSON.stringify(click(id))}\n`).join(''));
  await createTopic(kafka, topic, 4);
  await produceWithConsole({ kafka, topic, file, compression });
}

/** The flags that take clicks into a new Cassandra table of the right types. */
export function intoClickTable(cassandra: string, table: string): string[] {
  return [
    ...['--to', `cassandra://${cassandra}/${table}`, '--create-table', '--schema', SCHEMA],
    ...['--partition-key', 'user_id', '--clustering-key', 'timestamp', '--clustering-key', 'id'],
  ];
}

/** All rows of a table, by the driver's own types turned back into clicks, in the order of their ids. */
export async function readClicks(cassandra: string, table: string): Promise<Click[]> {
  const client = await connectTo(cassandra);
  const clicks: Click[] = [];
  const result = await client.execute(`SELECT * FROM ${table}`, [], { prepare: true, fetchSize: 5000 });
  for await (const row of result) {
    clicks.push({
      user_id: row.user_id,
      id: Number(row.id as bigint),
      timestamp: (row.timestamp as Date).getTime(),
      value: row.value,
      price: String(row.price),
      session: String(row.session),
      raw: (row.raw as Buffer).toString('base64'),
      metadata: Object.fromEntries(row.metadata as Map<string, string>),
      tags: [...(row.tags as Iterable<string>)],
      path: row.path,
    });
  }
  await client.shutdown();
  return clicks.sort((a, b) => a.id - b.id);
}

/** How many rows there are. */
export async function countRows(cassandra: string, table: string): Promise<number> {
  const client = await connectTo(cassandra);
  try {
    // In pages: a server that is short of time gives up on COUNT(*) of a large table.
    const rows = await client.execute(`SELECT * FROM ${table}`, [], { prepare: true, fetchSize: 2000 });
    let count = 0;
    for await (const _ of rows) count++;
    return count;
  } finally {
    await client.shutdown();
  }
}

/** What is wrong with the rows of a table that should hold the clicks 0 to `count`. */
export function compareWithClicks(rows: readonly Click[], count: number) {
  const wrong = rows.filter((row) => !isDeepStrictEqual(row, click(row.id)));
  const ids = new Set(rows.map(({ id }) => id));
  const missing = Array.from({ length: count }, (_, id) => id).filter((id) => !ids.has(id));
  return { rows: rows.length, wrong, missing };
}
