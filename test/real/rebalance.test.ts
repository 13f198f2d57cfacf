import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { collect, summaryOf, unaccounted, Workplace } from '../cli/sluice.ts';
import { createTopic, produce, uniqueName, withKafkaAdmin } from './kafka.ts';
import { servers } from './servers.ts';
import { SourceRunner } from './source-runner.ts';

const EACH = 1000;
const USERS = 40;

/** A topic of four partitions, and how many records are in it. */
class Clicks {
  readonly topic = uniqueName('rebalanced');
  readonly group = uniqueName('group');
  readonly uri: string;
  produced = 0;
  readonly #brokers: string;

  constructor(brokers: string) {
    this.#brokers = brokers;
    this.uri = `kafka://${brokers}/${this.topic}?group=${this.group}`;
  }

  create(): Promise<void> {
    return createTopic(this.#brokers, this.topic, 4);
  }

  async produceMore(): Promise<void> {
    const records = Array.from({ length: EACH }, (_, index) => {
      const n = this.produced + index;
      const value = JSON.stringify({ user: `u${n % USERS}`, n, at: 1_767_225_600_000 + n * 10 });
      return { value, partition: n % 4 };
    });
    await produce(this.#brokers, this.topic, records);
    this.produced += EACH;
  }

  /** Records that the group knows to be done. */
  async committed(): Promise<number> {
    const query = { groupId: this.group, topics: [this.topic] };
    const offsets = await withKafkaAdmin(this.#brokers, (admin) => admin.fetchOffsets(query));
    return offsets[0]!.partitions.reduce((sum, { offset }) => sum + Number(offset), 0);
  }

  /** Another member of the group, which commits what it reads. */
  otherMember(): Promise<SourceRunner> {
    const options = { brokers: this.#brokers, topics: this.topic, group: this.group, share: true };
    return new SourceRunner(options).start();
  }
}

describe.runIf(servers)('a job in a consumer group', () => {
  const brokers = servers?.kafka ?? '';

  test('that it owns ends with a checkpoint when another member joins, twice, and loses and doubles nothing', async () => {
    const place = new Workplace();
    const clicks = new Clicks(brokers);
    await clicks.create();
    await clicks.produceMore();
    const flush = ['--flush-interval', '50ms', '--json'];
    let job = place.start(
      ...['window', '--from', clicks.uri, '--time', 'at', '--watermark', '0s', '--key', 'user'],
      ...['--tumbling', '1s', '--agg', 'clicks=count(*)', '--agg', 'first=min(n)'],
      ...['--to', 'sqlite:out.db#counts', '--name', 'rebalanced', ...flush],
    );
    let finished = collect(job);
    const counted = () => windowsIn(place.path('out.db')).reduce((sum, row) => sum + row.clicks, 0);
    const until = async (holds: () => boolean) => {
      while (!holds() && job.exitCode === null) await systemClock.sleep(50);
    };
    for (let round = 0; round < 2; round++) {
      const before = counted();
      await until(() => counted() > before);
      const other = await clicks.otherMember();
      const { code, stdout, stderr } = await finished;
      expect(code, stderr).toBe(1);
      expect(stderr).toContain(`group ${clicks.group} has another member, sluice-test on 127.0.0.1`);
      expect(summaryOf(stdout)).toMatchObject({ status: 'failed', recover: 'sluice recover rebalanced' });
      await clicks.produceMore();
      await other.until(({ got }) => got.length >= EACH);
      await other.stop();
      await clicks.produceMore();
      job = place.start('recover', 'rebalanced', '--json');
      finished = collect(job);
    }
    // Windows of the last second stay open.
    await until(() => counted() >= clicks.produced - USERS * 4);
    job.kill('SIGINT');
    const { code, stdout, stderr } = await finished;

    expect(code, stderr).toBe(0);
    const summary = summaryOf(stdout);
    expect(summary).toMatchObject({ read: clicks.produced, dead_letters: 0 });
    expect(summary.nodes.map(({ late }) => late)).toEqual([0, 0, 0]);
    expect(
      unaccounted({ ...summary, nodes: summary.nodes.filter(({ kind }) => kind !== 'operator') }),
    ).toEqual({});
    const rows = windowsIn(place.path('out.db'));
    const expected = windowsOf(clicks.produced).filter(
      ([, start]) => start <= Math.max(...rows.map((row) => row.start)),
    );
    expect(rows.map((row) => [row.user, row.start, row.clicks, row.first]).sort()).toEqual(expected.sort());
  });

  test('that is shared splits its partitions with another, and takes them over when that one is killed', async () => {
    const clicks = new Clicks(brokers);
    await clicks.create();
    await clicks.produceMore();
    const places = [new Workplace(), new Workplace()] as const;
    const [first, second] = places.map((place) =>
      place.start(
        ...['ingest', '--from', clicks.uri, '--share', '--key', 'n', '--to', 'sqlite:out.db#clicks'],
        ...['--flush-interval', '50ms', '--json'],
      ),
    );
    const finished = collect(first!);
    const numbersIn = (place: Workplace) =>
      rowsIn<{ n: number; partition: number }>(
        place.path('out.db'),
        'SELECT n, n % 4 AS partition FROM clicks',
      );
    const all = () => new Set(places.flatMap(numbersIn).map(({ n }) => n));
    const until = async (holds: () => boolean) => {
      while (!holds() && first!.exitCode === null) await systemClock.sleep(50);
    };
    await until(() => all().size === clicks.produced);
    // Each gets new records of its own partitions alone, once both are members.
    const newest = (place: Workplace) => {
      const rows = numbersIn(place).filter(({ n }) => n >= clicks.produced - EACH);
      return [...new Set(rows.map(({ partition }) => partition))];
    };
    do {
      await clicks.produceMore();
      await until(() => all().size === clicks.produced);
    } while (places.some((place) => newest(place).length !== 2));
    while ((await clicks.committed()) < clicks.produced) await systemClock.sleep(50);
    second!.kill('SIGKILL');
    const killedHas = numbersIn(places[1]).map(({ n }) => n);
    const told = killedHas.filter((n) => n >= clicks.produced - EACH);
    await clicks.produceMore();
    await clicks.produceMore();
    await until(() => all().size === clicks.produced);
    first!.kill('SIGINT');
    const { code, stderr } = await finished;

    expect(code, stderr).toBe(0);
    expect(all().size).toBe(clicks.produced);
    expect(numbersIn(places[1])).toHaveLength(killedHas.length);
    // What the other one had done, and told the group, is not read again.
    const heirHas = new Set(numbersIn(places[0]).map(({ n }) => n));
    expect(told.filter((n) => heirHas.has(n))).toEqual([]);
  });
});

interface Window {
  readonly user: string;
  readonly start: number;
  readonly clicks: number;
  readonly first: number;
}

function windowsIn(file: string): Window[] {
  return rowsIn(file, 'SELECT user, window_start AS start, clicks, first FROM counts');
}

function rowsIn<Row>(file: string, query: string): Row[] {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    return database.prepare(query).all() as unknown as Row[];
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
