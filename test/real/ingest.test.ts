import { describe, expect, test } from 'vitest';
import { compressions } from '../../src/clients/kafka/options.ts';
import { summaryOf, unaccounted, Workplace } from '../cli/sluice.ts';
import { uniqueKeyspace } from './cassandra.ts';
import { compareWithClicks, countRows, intoClickTable, produceClicks, readClicks } from './click-table.ts';
import { uniqueName } from './kafka.ts';
import { servers } from './servers.ts';

/** `npm run campaign:ingest` asks for more. */
const EVENTS = Number(process.env.INGEST_EVENTS ?? 20_000);

describe.runIf(servers)('sluice ingest from Kafka to Cassandra', () => {
  const { kafka = '', cassandra = '' } = servers ?? {};

  test.each(compressions)(
    'takes all that was written with codec %s into typed columns',
    async (compression) => {
      const place = new Workplace();
      const topic = uniqueName(`clicks-${compression}`);
      const table = `${uniqueKeyspace('ingest')}.events`;
      await produceClicks(kafka, topic, EVENTS, place, compression);

      const { code, stdout, stderr } = await place.run([
        ...['ingest', '--from', `kafka://${kafka}/${topic}?group=${topic}`],
        ...[...intoClickTable(cassandra, table), '--exit-at-end', '--json'],
      ]);

      expect(code, stderr).toBe(0);
      const summary = summaryOf(stdout);
      expect(summary).toMatchObject({ status: 'finished', read: EVENTS, written: EVENTS, dead_letters: 0 });
      expect(unaccounted(summary)).toEqual({});
      expect(await countRows(cassandra, table)).toBe(summary.written);
      const rows = await readClicks(cassandra, table);
      expect(compareWithClicks(rows, EVENTS)).toEqual({ rows: EVENTS, wrong: [], missing: [] });
    },
  );
});
