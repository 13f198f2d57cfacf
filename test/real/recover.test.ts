import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { Random } from '../../src/sources/generate/random.ts';
import { collect, summaryOf, unaccounted, Workplace } from '../cli/sluice.ts';
import { uniqueKeyspace } from './cassandra.ts';
import {
  click,
  compareWithClicks,
  countRows,
  intoClickTable,
  produceClicks,
  readClicks,
} from './click-table.ts';
import { createTopic, produce, uniqueName } from './kafka.ts';
import { servers } from './servers.ts';
import { Transcript } from './transcript.ts';

const EVENTS = 60_000;
/** Cassandra takes fewer a second. */
const ROWS = 30_000;
const seed = Number(process.env.SLUICE_SEED ?? systemClock.now() % 1_000_000);

describe.runIf(servers)(`sluice recover after kill -9, with SLUICE_SEED=${seed}`, () => {
  const { kafka = '', cassandra = '' } = servers ?? {};
  const random = new Random(seed);

  test('from Kafka into SQLite: the same rows as an uninterrupted run, three times', async () => {
    const place = new Workplace();
    const topic = uniqueName('recovered');
    await produceClicks(kafka, topic, EVENTS, place);
    const ingest = (run: string) => [
      ...['ingest', '--from', `kafka://${kafka}/${topic}?group=${topic}-${run}&offset=earliest`],
      ...['--to', `sqlite:${run}.db#clicks`, '--name', run, '--exit-at-end', '--json'],
    ];
    expect((await place.run(ingest('straight'))).code).toBe(0);
    const straight = rowsIn(place.path('straight.db'));
    expect(straight).toHaveLength(EVENTS);

    for (const run of ['first', 'second', 'third']) {
      const progress = async () => countIn(place.path(`${run}.db`));
      await killed(place, ingest(run), progress, random.next() * EVENTS * 0.9);
      const { code, stdout, stderr } = await place.run(['recover', run, '--json']);
      expect(code, stderr).toBe(0);
      expect(summaryOf(stdout)).toMatchObject({ read: EVENTS, written: EVENTS, dead_letters: 0 });
      expect(unaccounted(summaryOf(stdout))).toEqual({});
      expect(rowsIn(place.path(`${run}.db`))).toEqual(straight);
    }
  });

  test('from Kafka into Cassandra: every row, once', async () => {
    const place = new Workplace();
    const topic = uniqueName('recovered');
    const table = `${uniqueKeyspace('recovered')}.clicks`;
    await produceClicks(kafka, topic, ROWS, place);
    const ingest = [
      ...[
        'ingest',
        '--from',
        `kafka://${kafka}/${topic}?group=${topic}`,
        ...intoClickTable(cassandra, table),
      ],
      ...['--name', 'into-cassandra', '--exit-at-end', '--json', '--checkpoint-interval', '500ms'],
    ];
    const progress = () => countRows(cassandra, table).catch(() => 0);
    await killed(place, ingest, progress, random.next() * ROWS * 0.7);

    const { code, stdout, stderr } = await place.run(['recover', 'into-cassandra', '--json']);

    expect(code, stderr).toBe(0);
    expect(summaryOf(stdout)).toMatchObject({ status: 'finished', read: ROWS, written: ROWS });
    const rows = await readClicks(cassandra, table);
    expect(compareWithClicks(rows, ROWS)).toEqual({ rows: ROWS, wrong: [], missing: [] });
  });

  test('reads again within 8 s, though its group still waits for the member that is dead', async () => {
    const place = new Workplace();
    const topic = uniqueName('recovered');
    await createTopic(kafka, topic, 4);
    await produce(kafka, topic, clicks(0, 1000));
    const from = ['--from', `kafka://${kafka}/${topic}?group=${topic}`, '--to', 'sqlite:out.db#clicks'];
    const progress = async () => countIn(place.path('out.db'));
    await killed(place, ['ingest', ...from, '--name', 'again', '--flush-interval', '50ms'], progress, 999);
    await produce(kafka, topic, clicks(1000, 2000));

    const recovered = place.start('recover', 'again');
    await new Transcript(recovered).next(/is running/);
    const began = systemClock.elapsed();
    await until(async () => (await progress()) === 2000);
    expect(systemClock.elapsed() - began).toBeLessThan(8000);
    recovered.kill('SIGINT');
    expect((await collect(recovered)).code).toBe(0);
  });
});

function clicks(from: number, to: number): { value: string }[] {
  return Array.from({ length: to - from }, (_, index) => ({ value: JSON.stringify(click(from + index)) }));
}

/** Runs sluice until more than `most` events have arrived, and kills it. */
async function killed(
  place: Workplace,
  args: readonly string[],
  progress: () => Promise<number>,
  most: number,
): Promise<void> {
  const job = place.start(...args);
  const finished = collect(job);
  let isOver = false;
  void finished.then(() => {
    isOver = true;
  });
  await until(async () => isOver || (await progress()) > most);
  job.kill('SIGKILL');
  const { signal, stderr } = await finished;
  expect(signal, `ended before it was killed: ${stderr}`).toBe('SIGKILL');
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await systemClock.sleep(10);
}

function countIn(file: string): number {
  return Number(query(file, 'SELECT count(*) AS rows FROM clicks')[0]?.rows ?? 0);
}

function rowsIn(file: string): unknown[] {
  return query(file, 'SELECT user_id, id, timestamp, value, metadata FROM clicks ORDER BY id');
}

/** No rows while there is no such file or table. */
function query(file: string, sql: string): Record<string, unknown>[] {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    return database.prepare(sql).all() as Record<string, unknown>[];
  } catch {
    return [];
  } finally {
    database?.close();
  }
}
