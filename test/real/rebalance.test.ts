import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { collect, summaryOf, unaccounted, Workplace } from '../cli/sluice.ts';
import { createTopic, produce, uniqueName } from './kafka.ts';
import { servers } from './servers.ts';
import { SourceRunner } from './source-runner.ts';

const EACH = 1000;
const USERS = 40;

describe.runIf(servers)('a job whose group has to share its partitions twice', () => {
  const brokers = servers?.kafka ?? '';

  test('loses nothing and counts nothing twice: it goes on where it was itself', async () => {
    const place = new Workplace();
    const [topic, group] = [uniqueName('rebalanced'), uniqueName('group')];
    await createTopic(brokers, topic, 4);
    let produced = 0;
    const produceMore = async () => {
      const records = Array.from({ length: EACH }, (_, index) => {
        const n = produced + index;
        const value = JSON.stringify({ user: `u${n % USERS}`, n, at: 1_767_225_600_000 + n * 10 });
        return { value, partition: n % 4 };
      });
      await produce(brokers, topic, records);
      produced += EACH;
    };
    const job = place.start(
      ...[
        'window',
        '--from',
        `kafka://${brokers}/${topic}?group=${group}`,
        '--time',
        'at',
        '--watermark',
        '0s',
      ],
      ...['--key', 'user', '--tumbling', '1s', '--agg', 'clicks=count(*)', '--agg', 'first=min(n)'],
      ...['--to', 'sqlite:out.db#counts', '--name', 'rebalanced', '--flush-interval', '50ms', '--json'],
    );
    const finished = collect(job);
    const counted = () => rowsIn(place.path('out.db')).reduce((sum, { clicks }) => sum + clicks, 0);
    const until = async (holds: () => boolean) => {
      while (!holds() && job.exitCode === null) await systemClock.sleep(50);
    };

    await produceMore();
    await until(() => counted() > 0);
    for (let round = 0; round < 2; round++) {
      const other = await new SourceRunner({ brokers, topics: topic, group }, { shared: true }).start();
      await other.until(({ assignments }) => assignments.at(-1)?.length === 2);
      await produceMore();
      await other.until(({ got }) => got.length > 0);
      await other.stop();
      await produceMore();
    }
    // Windows of the last second stay open.
    await until(() => counted() >= produced - USERS * 4);
    job.kill('SIGINT');
    const { code, stdout, stderr } = await finished;

    expect(code, stderr).toBe(0);
    const summary = summaryOf(stdout);
    expect(summary).toMatchObject({ read: produced, dead_letters: 0 });
    expect(summary.nodes.map(({ late }) => late)).toEqual([0, 0, 0]);
    expect(
      unaccounted({ ...summary, nodes: summary.nodes.filter(({ kind }) => kind !== 'operator') }),
    ).toEqual({});
    const rows = rowsIn(place.path('out.db'));
    const expected = windowsOf(produced).filter(
      ([, start]) => start <= Math.max(...rows.map((row) => row.start)),
    );
    expect(rows.map((row) => [row.user, row.start, row.clicks, row.first]).sort()).toEqual(expected.sort());
  });
});

interface Row {
  readonly user: string;
  readonly start: number;
  readonly clicks: number;
  readonly first: number;
}

function rowsIn(file: string): Row[] {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    const rows = database.prepare('SELECT user, window_start AS start, clicks, first FROM counts').all();
    return rows as unknown as Row[];
  } catch {
    return [];
  } finally {
    database?.close();
  }
}

/** What each second holds of each user: every hundred records are one. */
function windowsOf(count: number): [string, number, number, number][] {
  const windows = new Map<string, [string, number, number, number]>();
  for (let n = 0; n < count; n++) {
    const [user, start] = [`u${n % USERS}`, 1_767_225_600_000 + Math.floor(n / 100) * 1000];
    const window = windows.get(`${user} ${start}`);
    if (window === undefined) windows.set(`${user} ${start}`, [user, start, 1, n]);
    else window[2]++;
  }
  return [...windows.values()];
}
