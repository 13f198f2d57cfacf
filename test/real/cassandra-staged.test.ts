import type { types } from 'cassandra-driver';
import { describe, expect, test } from 'vitest';
import { Workplace } from '../cli/sluice.ts';
import { takenOver } from '../cli/zombie.ts';
import { connectTo, uniqueKeyspace } from './cassandra.ts';
import { servers } from './servers.ts';
import { StagedJob, stopped } from './staged-job.ts';
import type { Life } from './staged-life.ts';

const ROWS = 6000;

describe.runIf(servers)('a Cassandra table', () => {
  const point = servers?.cassandra ?? '';

  async function rowsOf(table: string, columns = '*'): Promise<types.Row[]> {
    const client = await connectTo(point);
    try {
      return (await client.execute(`SELECT ${columns} FROM ${table}`, [], { fetchSize: 50_000 })).rows;
    } catch {
      return [];
    } finally {
      await client.shutdown();
    }
  }

  /** Every run of it makes rows with other keys. */
  async function jobBehindTheClock() {
    const table = `${uniqueKeyspace('staged')}.seen`;
    const job = await StagedJob.of(`name: ${table.replace('.', '-')}
sources: { in: { type: generate, kind: clicks, count: ${ROWS}, rate: 6000, time: timestamp } }
operators: { stamped: { type: transform, steps: [ { set: { n: $offset, seen: now() } } ] } }
sinks:
  out:
    type: cassandra
    contact_points: "${point}"
    table: ${table}
    create_table: true
    schema: n bigint, seen timestamp, user_id text
    partition_key: n
    clustering_key: seen
checkpoint: { interval: 50ms }`);
    return { job, table };
  }

  test.each<NonNullable<Life['fate']>['moment']>(['before', 'after'])(
    'behind now() holds each event once, though the job is killed %s a write, twice in a row',
    async (moment) => {
      const { job, table } = await jobBehindTheClock();
      const fate = (delivery: number) => ({ delivery, moment, signal: 'SIGKILL' as const });
      expect((await job.live('start', fate(4)).finished).signal).toBe('SIGKILL');
      expect((await job.live('recover', fate(2)).finished).signal).toBe('SIGKILL');
      const { code, stderr } = await job.live('recover').finished;
      expect([code, stderr]).toEqual([0, '']);
      const rows = await rowsOf(table, 'n, seen');
      expect([rows.length, new Set(rows.map((row) => String(row.get('n')))).size]).toEqual([ROWS, ROWS]);
    },
  );

  test('behind now() holds each event once, though a process wakes after it was taken over', async () => {
    const { job, table } = await jobBehindTheClock();
    const paused = job.live('start', { delivery: 4, moment: 'before', signal: 'SIGSTOP' });
    await stopped(paused);
    expect((await job.live('recover').finished).code).toBe(0);
    paused.child.kill('SIGCONT');
    const woken = await paused.finished;
    expect([woken.code, woken.stderr]).toEqual([1, expect.stringContaining('another process took over job')]);
    expect(await rowsOf(table, 'n, seen')).toHaveLength(ROWS);
  });

  test('keeps its newest rows when a process wakes after it was taken over: its tokens are older', async () => {
    const place = new Workplace();
    const keyspace = uniqueKeyspace('zombie');
    const into = (table: string) => [
      ...['ingest', '--from', `generate:clicks?count=${ROWS}&rate=4000`, '--flush-interval', '50ms'],
      ...['--to', `cassandra://${point}/${keyspace}.${table}`, '--create-table'],
      ...['--schema', 'user_id text, timestamp bigint, value double', '--partition-key', 'user_id'],
    ];
    expect((await place.run(into('straight'))).code).toBe(0);
    const content = async (table: string) =>
      (await rowsOf(`${keyspace}.${table}`)).map((row) => row.values().map(String).join()).sort();
    const args = [...into('paused'), '--checkpoint-interval', '100ms'];
    const woken = await takenOver(place, keyspace, args, async () => (await content('paused')).length > 0);
    expect(woken.code).toBe(1);
    expect(woken.stderr).toContain(`another process took over job ${keyspace}`);
    expect(await content('paused')).toEqual(await content('straight'));
  });
});
