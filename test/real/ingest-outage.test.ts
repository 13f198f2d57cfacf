import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collect, summaryOf, unaccounted, Workplace } from '../cli/sluice.ts';
import { compareWithClicks, countRows, intoClickTable, produceClicks, readClicks } from './click-table.ts';
import { servers } from './servers.ts';
import { type PrivateServers, startServers } from './start-servers.ts';
import { Transcript } from './transcript.ts';

const EVENTS = 80_000;
const STALLED_EVENTS = 15_000;

describe.runIf(servers)('sluice ingest while its servers are killed and stalled', () => {
  let own: PrivateServers;
  beforeAll(async () => {
    own = await startServers({ durable: true });
  });
  afterAll(() => own?.down());

  test('waits for Cassandra, then for Kafka, and ends with every event in the table', async () => {
    const place = new Workplace();
    await produceClicks(own.kafka, 'clicks', EVENTS, place);
    // Little is read ahead, so that most is still to come when Kafka goes away.
    const reading = 'group=clicks&max_bytes=400000&max_bytes_per_partition=100000&buffer_bytes=4000000';
    const job = place.start(
      ...['ingest', '--from', `kafka://${own.kafka}/clicks?${reading}`],
      ...[...intoClickTable(own.cassandra, 'outage.clicks'), '--exit-at-end', '--json'],
    );
    const finished = collect(job);
    const said = new Transcript(job);

    await said.next(/written [1-9]/);
    await own.kill('cassandra');
    for (let line = 0; line < 2; line++) await said.next(/waiting: sink/);
    await own.up('cassandra');
    await said.next(/sink: goes on/);
    await own.kill('kafka');
    for (let line = 0; line < 2; line++) await said.next(/waiting: source/);
    await own.up('kafka');
    await said.next(/kafka: connected again/);

    const { code, stdout, stderr } = await finished;
    expect(code, stderr).toBe(0);
    const summary = summaryOf(stdout);
    expect(summary).toMatchObject({ status: 'finished', read: EVENTS, written: EVENTS, dead_letters: 0 });
    expect(unaccounted(summary)).toEqual({});
    expect(await countRows(own.cassandra, 'outage.clicks')).toBe(EVENTS);
    const rows = await readClicks(own.cassandra, 'outage.clicks');
    expect(compareWithClicks(rows, EVENTS)).toEqual({ rows: EVENTS, wrong: [], missing: [] });
  });

  test.each(['drop_oldest', 'drop_newest', 'block'])(
    'balances the books under %s while Cassandra stands still',
    async (strategy) => {
      const place = new Workplace();
      const topic = `stalled-${strategy}`;
      const table = `outage.${strategy}`;
      await produceClicks(own.kafka, topic, STALLED_EVENTS, place);
      const job = place.start(
        ...['ingest', '--from', `kafka://${own.kafka}/${topic}`, ...intoClickTable(own.cassandra, table)],
        ...['--backpressure', strategy, '--queue-threshold', '1000', '--exit-at-end', '--json'],
      );
      const finished = collect(job);
      const said = new Transcript(job);

      await said.next(/is running/);
      await own.pause('cassandra');
      await said.next(/queue \d+\/1000/);
      await own.resume('cassandra');

      const { code, stdout, stderr } = await finished;
      expect(code, stderr).toBe(0);
      const summary = summaryOf(stdout);
      expect(unaccounted(summary)).toEqual({});
      expect(summary).toMatchObject({ read: STALLED_EVENTS, written: STALLED_EVENTS - summary.dropped });
      expect(summary.dropped > 0).toBe(strategy !== 'block');
      expect(stderr.includes('backpressure: queueSize=')).toBe(strategy !== 'block');
      expect(summary.max_queue_depth).toBeLessThanOrEqual(1000);
      expect(await countRows(own.cassandra, table)).toBe(summary.written);
    },
  );
});
