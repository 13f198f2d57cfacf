import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { STATE_LAYOUT } from '../../src/checkpoint/store.ts';
import { systemClock } from '../../src/clock.ts';
import { collect, summaryOf, Workplace } from './sluice.ts';

const EVENTS = 3000;
const lines = Array.from(
  { length: EVENTS },
  (_, n) => `${JSON.stringify({ n, user: `u${n % 9}`, at: 1_767_225_600_000 + n * 20 })}\n`,
);

interface Variant {
  readonly tumbling?: string;
  readonly filter?: string;
  readonly path?: string;
  readonly sink?: object;
  /** Without the window. */
  readonly isStateless?: boolean;
}

/** A filter and a window over a file that is followed, into another file; YAML is a superset of JSON. */
function jobfile({
  tumbling = '5s',
  filter = 'n >= 0',
  path = 'in.jsonl',
  sink = {},
  isStateless = false,
}: Variant = {}): string {
  const counts = { type: 'window', key: 'user', tumbling, aggregations: { clicks: 'count(*)' } };
  return JSON.stringify({
    name: 'views',
    sources: { clicks: { type: 'file', path, follow: true, time: 'at', watermark: '0ms' } },
    operators: {
      real: { type: 'transform', steps: [{ filter }] },
      ...(isStateless ? {} : { counts }),
    },
    sinks: { out: { type: 'file', path: 'out.jsonl', ...sink } },
    batch_size: 50,
    flush_interval: '20ms',
    checkpoint: { interval: '20ms' },
  });
}

/** The job ran and was drained: its last windows are open, and in the checkpoint. */
async function drainedPlace(variant: Variant = {}): Promise<Workplace> {
  const place = new Workplace();
  for (const name of ['in.jsonl', 'other.jsonl']) writeFileSync(place.path(name), lines.join(''));
  writeFileSync(place.path('job.yaml'), jobfile(variant));
  const child = place.start('run', 'job.yaml', '--json');
  const finished = collect(child);
  const isWritten = () => {
    try {
      return readFileSync(place.path('out.jsonl'), 'utf8') !== '';
    } catch {
      return false;
    }
  };
  while (!isWritten()) await systemClock.sleep(10);
  child.kill('SIGINT');
  const { code, stdout } = await finished;
  expect(code).toBe(0);
  expect(summaryOf(stdout).status).toBe('drained');
  return place;
}

/** Clicks in all windows together, as the file has them. */
function clicksIn(place: Workplace): number {
  const rows = readFileSync(place.path('out.jsonl'), 'utf8').trimEnd().split('\n');
  return rows.reduce((sum, row) => sum + JSON.parse(row).clicks, 0);
}

function inDatabase<Result>(place: Workplace, use: (database: Sqlite.Database) => Result): Result {
  const database = new Sqlite(place.path('home/jobs/views/checkpoints.db'));
  try {
    return use(database);
  } finally {
    database.close();
  }
}

function numbers(place: Workplace): number[] {
  return inDatabase(place, (database) =>
    database.prepare<[], number>('SELECT number FROM sluice_checkpoints ORDER BY number DESC').pluck().all(),
  );
}

/** Makes all checkpoints look as if another version had saved them; one of undefined, as if one before layouts had. */
function relay(place: Workplace, layout: number | undefined): void {
  inDatabase(place, (database) => {
    const records = database.prepare<[], string>('SELECT record FROM sluice_checkpoints').pluck().all();
    for (const record of records) {
      const { number, ...rest } = JSON.parse(record);
      const relaid = JSON.stringify({ number, ...rest, layout });
      database
        .prepare('UPDATE sluice_checkpoints SET record = ?, checksum = ? WHERE number = ?')
        .run(relaid, createHash('sha256').update(relaid).digest('hex'), number);
    }
  });
}

describe('sluice recover', () => {
  let place: Workplace;
  beforeEach(async () => {
    place = await drainedPlace();
  });

  async function recover(variant: Variant, ...flags: string[]) {
    writeFileSync(place.path('job.yaml'), jobfile(variant));
    return place.run(['recover', 'job.yaml', '--exit-at-end', ...flags]);
  }

  it('refuses changes that the checkpoint does not fit, whatever is allowed, and names the node', async () => {
    const source = await recover({ path: 'other.jsonl' }, '--allow-changes');
    expect(source.code).toBe(5);
    expect(source.stderr).toMatch(/^sluice: checkpoint \d+ does not fit job views as it is now; undo/);
    expect(source.stderr).toMatch(/sources\.clicks\.path: .*in\.jsonl → .*other\.jsonl; .* what clicks read/);

    const window = await recover({ tumbling: '10s' }, '--allow-changes');
    expect(window.code).toBe(5);
    expect(window.stderr).toMatch(/operators\.counts\.tumbling: 5s → 10s; counts holds \d+ keys of state/);

    const sink = await recover({ sink: { path: 'another.jsonl' } }, '--allow-changes');
    expect(sink.code).toBe(5);
    expect(sink.stderr).toMatch(/sinks\.out\.path: .*; the checkpoint says how far out was written/);
  });

  it('refuses other changes with what they are, and goes on with them when told to', async () => {
    const refused = await recover({ filter: 'n < 1000000' });
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain('--allow-changes');
    expect(refused.stderr).toContain('  operators.real.steps.0.filter: n >= 0 → n < 1000000\n');
    expect(refused.stderr).not.toContain('exit_at_end');

    expect((await recover({ filter: 'n < 1000000' }, '--allow-changes')).code).toBe(0);
    expect(clicksIn(place)).toBe(EVENTS);
  });

  it('goes on with changes that only say how it runs', async () => {
    const { code, stdout } = await recover({}, '--batch-size', '7', '--max-errors', '10', '--json');
    expect(code).toBe(0);
    expect(summaryOf(stdout)).toMatchObject({ status: 'finished', read: EVENTS });
    expect(clicksIn(place)).toBe(EVENTS);
  });

  it.each([STATE_LAYOUT + 1, undefined])(
    'refuses state that another version has saved, of layout %s, whatever is allowed',
    async (layout) => {
      relay(place, layout);
      const { code, stderr } = await recover({}, '--allow-changes');
      expect(code).toBe(5);
      expect(stderr).toMatch(
        /^sluice: checkpoint \d+ was saved by another version of sluice, whose state this one can't read; .*--restart\n$/,
      );
    },
  );

  it('takes a name with flags as it takes a jobfile', async () => {
    const refused = await place.run(['recover', 'views', '--set', 'operators.counts.tumbling=1m']);
    expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining('5s → 1m; counts holds')]);
    expect((await place.run(['recover', 'views', '--name', 'clicks'])).stderr).toContain('keeps its name');
    expect((await place.run(['recover', 'views', '--exit-at-end'])).code).toBe(0);
    expect(clicksIn(place)).toBe(EVENTS);
  });

  it('lists checkpoints and jobs, as a table and as JSON', async () => {
    const kept = numbers(place);
    const table = await place.run(['recover', 'views', '--list']);
    expect(table.code).toBe(0);
    const [titles, first] = table.stdout.split('\n');
    expect(titles).toBe(titles?.trimEnd());
    expect(titles?.split(/ {2,}/)).toEqual([
      'checkpoint',
      'age',
      'size',
      'keys',
      'status',
      'position',
      'lag',
    ]);
    expect(first).toMatch(new RegExp(`^${kept[0]} .* drained .*in\\.jsonl at [\\d,]+`));

    const json = await place.run(['recover', 'job.yaml', '--list', '--json']);
    const listed = json.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(listed.map(({ number }) => number)).toEqual(kept);
    expect(listed[0]).toMatchObject({ status: 'drained', damage: null, keys: expect.any(Number) });

    const jobs = await place.run(['recover', '--list']);
    expect(jobs.stdout).toMatch(/^job .*\nviews +drained +\d+ +\d+s +\S+checkpoints\.db\n$/);
  });

  it('goes on from an older checkpoint, and only from one that is kept', async () => {
    const kept = numbers(place);
    const wrong = await place.run(['recover', 'views', '--at', '9999']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toBe(
      `--at: job views keeps no checkpoint 9999; it can be ${kept[0]}, ${kept[1]} or ${kept[2]}\n`,
    );
    const { code } = await place.run(['recover', 'views', '--at', String(kept[2]), '--exit-at-end']);
    expect(code).toBe(0);
    expect(clicksIn(place)).toBe(EVENTS);
  });

  it.each([
    ['torn', 'substr(record, 1, length(record) / 2)'],
    ['bit-flipped', 'replace(record, \'"number":\', \'"numbes":\')'],
  ])('falls back from a checkpoint that is %s, and says so', async (_, damaged) => {
    const kept = numbers(place);
    inDatabase(place, (database) =>
      database.prepare(`UPDATE sluice_checkpoints SET record = ${damaged} WHERE number = ?`).run(kept[0]),
    );
    const listing = await place.run(['recover', 'views', '--list']);
    expect(listing.stdout).toMatch(/damaged +checkpoint \d+ is/);
    expect(listing.stderr).toBe(`sluice recover views goes on from checkpoint ${kept[1]}\n`);
    const { code, stderr } = await place.run(['recover', 'views', '--exit-at-end']);
    expect(code).toBe(0);
    expect(stderr).toContain(
      `checkpoint ${kept[0]} is damaged: its checksum does not fit; falling back to the one before`,
    );
    expect(clicksIn(place)).toBe(EVENTS);
  });

  it('says that no checkpoint can be read', async () => {
    inDatabase(place, (database) => database.exec("UPDATE sluice_checkpoints SET record = '{}'"));
    const { code, stderr } = await place.run(['recover', 'views']);
    expect(code).toBe(5);
    expect(stderr).toMatch(/no checkpoint of job views can be read: \d+, \d+, \d+ are damaged; .*--restart/);
  });

  it('lists checkpoints of which none can be read, and says what can be done', async () => {
    const kept = numbers(place);
    inDatabase(place, (database) => database.exec("UPDATE sluice_checkpoints SET record = '{}'"));
    const { code, stdout, stderr } = await place.run(['recover', 'views', '--list']);
    expect(code).toBe(0);
    const rows = stdout.trim().split('\n').slice(1);
    const row = (number: number | undefined) =>
      expect.stringMatching(
        new RegExp(`^${number} +\\d+s +[\\d.]+ \\S+ +– +damaged +checkpoint ${number} is damaged`),
      );
    expect(rows).toEqual(kept.map(row));
    expect(stderr).toMatch(
      /^none of them can be read: put a copy of .*checkpoints\.db back, or .*--restart\n$/,
    );
    const json = await place.run(['recover', 'job.yaml', '--list', '--json']);
    expect(json.stdout.trim().split('\n')).toHaveLength(kept.length);
  });

  it('says that a job of a jobfile has not run, and that a finished one is finished', async () => {
    writeFileSync(place.path('new.yaml'), jobfile().replace('"views"', '"new"'));
    const unknown = await place.run(['recover', 'new.yaml']);
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      'new.yaml: job new has not run yet; start it with "sluice run new.yaml"\n',
    ]);
    expect((await place.run(['recover', 'views', '--exit-at-end'])).code).toBe(0);
    const again = await place.run(['recover', 'job.yaml']);
    expect([again.code, again.stderr]).toEqual([0, 'job views is finished: there is nothing to recover\n']);
  });
});

it.each([STATE_LAYOUT + 1, undefined])(
  'a job without state goes on from a checkpoint of another version, of layout %s',
  async (layout) => {
    const place = await drainedPlace({ isStateless: true });
    relay(place, layout);
    const { code, stderr } = await place.run(['recover', 'views', '--exit-at-end']);
    expect(code, stderr).toBe(0);
    expect(readFileSync(place.path('out.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(EVENTS);
  },
);
