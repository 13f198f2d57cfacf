import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { TransientError, UnreachableError } from '../../src/errors.ts';
import type { Event, JsonObject } from '../../src/event.ts';
import { eventOf } from '../sinks/cassandra/table.ts';
import { connectTo, nextToken, type OpenedSink, openSink } from './cassandra.ts';
import { servers } from './servers.ts';
import { type PrivateServers, startServers } from './start-servers.ts';

describe.runIf(servers)('the Cassandra sink and a server that goes away', () => {
  let own: PrivateServers;
  let options: Record<string, unknown>;

  beforeAll(async () => {
    own = await startServers({ names: ['cassandra'], durable: true });
    options = { contact_points: own.cassandra, create_table: true, partition_key: 'user' };
  });

  afterAll(() => own?.down());

  /** As the runtime does: the same batch again until it is settled. Returns the failures on the way. */
  async function settle({ write }: OpenedSink, batch: readonly Event[]): Promise<TransientError[]> {
    const failures: TransientError[] = [];
    for (;;) {
      try {
        expect(await write(batch)).toEqual([]);
        return failures;
      } catch (error) {
        if (!(error instanceof TransientError)) throw error;
        failures.push(error);
        await systemClock.sleep(50);
      }
    }
  }

  /** Writes twenty batches one after the other; returns the failures on the way. */
  async function writeAll(
    opened: OpenedSink,
    fields: (n: number) => JsonObject,
    meanwhile: (batch: number) => Promise<void> | undefined,
  ) {
    const failures: TransientError[] = [];
    for (let b = 0; b < 20; b++) {
      const batch = Array.from({ length: 1000 }, (_, i) => eventOf(fields(b * 1000 + i)));
      const [ofBatch] = await Promise.all([settle(opened, batch), meanwhile(b)]);
      failures.push(...ofBatch);
    }
    await opened.sink.close();
    return failures;
  }

  async function read(query: string) {
    const client = await connectTo(own.cassandra);
    const { rows } = await client.execute(query, [], { fetchSize: 50_000 });
    await client.shutdown();
    return rows;
  }

  test('all rows are there after a kill -9 in the middle, each written with its first token', async () => {
    let tokens = 0;
    const plain = await openSink({ ...options, table: 'crash.rows', schema: 'user text, n int' }, () => {
      tokens++;
      return nextToken();
    });
    const lists = await openSink({ ...options, table: 'crash.lists', schema: 'user text, tags list<int>' });
    const [failures, listFailures] = await Promise.all([
      writeAll(
        plain,
        (n) => ({ user: `u${n}`, n }),
        (batch) => (batch === 5 ? own.kill('cassandra').then(() => own.up('cassandra')) : undefined),
      ),
      writeAll(
        lists,
        (n) => ({ user: `u${n}`, tags: [1, 2, 3] }),
        () => undefined,
      ),
    ]);
    expect(failures.length).toBeGreaterThan(0);
    expect(listFailures.length).toBeGreaterThan(0);
    expect(failures.map(({ answered }) => answered)).not.toContain(true);
    expect(tokens).toBe(20_000);
    const rows = await read('SELECT n, writetime(n) AS written FROM crash.rows');
    expect(new Set(rows.map((row) => row.get('n'))).size).toBe(20_000);
    expect(new Set(rows.map((row) => row.get('written'))).size).toBe(20_000);
    const tags = await read('SELECT tags FROM crash.lists');
    expect(tags).toHaveLength(20_000);
    expect(tags.filter((row) => row.get('tags').length !== 3)).toEqual([]);
  });

  test('a server that is silent at the start is unreachable within 10 s', async () => {
    await own.pause('cassandra');
    const opening = openSink({ ...options, table: 'crash.rows', schema: 'user text, n int' });
    await expect(opening).rejects.toThrow(UnreachableError);
    await own.resume('cassandra');
  });
});
