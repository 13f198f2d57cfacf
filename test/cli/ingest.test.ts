import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { collect, summaryOf, unaccounted, Workplace } from './sluice.ts';

function lines(
  count: number,
  line = (index: number) => JSON.stringify({ user: `u${index % 10}`, n: index }),
): string {
  return Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');
}

function rows(file: string, sql: string): unknown[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

describe('sluice ingest', () => {
  it('takes a pipe into a SQLite table', async () => {
    const place = new Workplace();
    const { code, stdout } = await place.run(
      ['ingest', '--from', '-', '--to', 'sqlite:out.db#events', '--json'],
      lines(5000),
    );
    expect(code).toBe(0);
    expect(summaryOf(stdout)).toMatchObject({ status: 'finished', read: 5000, written: 5000, recover: null });
    expect(rows(place.path('out.db'), 'SELECT count(*) AS rows, sum(n) AS sum FROM events')).toEqual([
      { rows: 5000, sum: (4999 * 5000) / 2 },
    ]);
  });

  it('keeps the last of each key', async () => {
    const place = new Workplace();
    await place.run(['ingest', '--from', '-', '--to', 'sqlite:out.db#events', '--key', 'user'], lines(5000));
    expect(rows(place.path('out.db'), 'SELECT user, n FROM events ORDER BY user LIMIT 2')).toEqual([
      { user: 'u0', n: 4990 },
      { user: 'u1', n: 4991 },
    ]);
  });

  it('prints data alone on stdout, and says the rest on stderr', async () => {
    const place = new Workplace();
    const { code, stdout, stderr } = await place.run(
      ['ingest', '--from', '-', '--to', '-', '--json'],
      lines(3),
    );
    expect(code).toBe(0);
    expect(stdout).toBe(lines(3));
    expect(summaryOf(stderr).written).toBe(3);
  });

  it('ends quietly and well when the reader of its output has had enough', async () => {
    const place = new Workplace();
    writeFileSync(place.path('in.jsonl'), lines(200_000));
    const child = place.start('ingest', '--from', 'in.jsonl', '--to', '-');
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { code, stderr } = await collect(child);
    expect(stderr).not.toMatch(/EPIPE|rror/);
    expect(code).toBe(0);
  });

  it('makes each bad record a dead letter with its bytes and reason, and balances the books', async () => {
    const place = new Workplace();
    const bad = '{"user": "u1", "n": }';
    const input = lines(10_000, (index) =>
      index % 100 === 7 ? bad : JSON.stringify({ user: 'u', n: index }),
    );
    const { code, stdout } = await place.run(
      ['ingest', '--from', '-', '--to', 'sqlite:out.db#events', '--json'],
      input,
    );
    expect(code).toBe(0);
    const summary = summaryOf(stdout);
    expect(summary).toMatchObject({ read: 10_000, written: 9900, dead_letters: 100 });
    expect(unaccounted(summary)).toEqual({});
    const letters = rows(
      place.path('out.db'),
      'SELECT reason, node, CAST(bytes AS TEXT) AS bytes, count(*) AS letters FROM sluice_dead_letters GROUP BY 1, 2, 3',
    );
    expect(letters).toEqual([{ reason: 'decode', node: 'source', bytes: bad, letters: 100 }]);
  });

  it('ends with 4 when the error budget is spent, and says why', async () => {
    const place = new Workplace();
    const { code, stderr } = await place.run(
      ['ingest', '--from', '-', '--to', 'sqlite:out.db#events', '--max-errors', '5'],
      lines(20_000, (index) => (index % 100 === 0 ? 'oops' : '{}')),
    );
    expect(code).toBe(4);
    expect(stderr).toMatch(/\d+ of [\d]+ events failed, and max_errors is 5; the last one: invalid JSON/);
  });

  it('ends with 4 when at the end, of few events, more failed than the percentage allows', async () => {
    const place = new Workplace();
    const ingest = (percent: string) =>
      place.run(
        ['ingest', '--from', '-', '--to', 'out.jsonl', '--max-errors', percent],
        '{}\noops\n{}\n{}\n',
      );
    expect((await ingest('25%')).code).toBe(0);
    const { code, stderr } = await ingest('24%');
    expect(code).toBe(4);
    expect(stderr).toContain('1 of 4 events failed, and max_errors is 24%');
  });

  it('offers to recover a job whose error budget is spent only if something is left to read', async () => {
    const place = new Workplace();
    const ingest = async (input: string) => {
      writeFileSync(place.path('in.jsonl'), input);
      const args = ['--from', 'in.jsonl', '--to', 'out.jsonl', '--name', 'budget', '--max-errors', '10%'];
      const { code, stdout } = await place.run(['ingest', ...args, '--json', '--restart']);
      return { code, recover: summaryOf(stdout).recover };
    };
    expect(await ingest('{}\noops\n{}\n{}\n')).toEqual({ code: 4, recover: null });
    expect((await place.run(['recover', 'budget'])).stderr).toContain('there is nothing to recover');
    const long = lines(100_000, (index) => (index % 2 === 0 ? 'oops' : '{}'));
    expect(await ingest(long)).toEqual({ code: 4, recover: 'sluice recover budget' });
  });

  it.each([
    ['--from in.jsonl --to in.jsonl'],
    ['--from in.jsonl --to link.jsonl'],
    ['--from link.jsonl --to file:in.jsonl?append'],
    ['--from *.jsonl --to new.jsonl'],
    ['--from in.jsonl --to - --dlq file:in.jsonl'],
  ])('leaves a file alone that it would read and write: %s', async (flags) => {
    const place = new Workplace();
    writeFileSync(place.path('in.jsonl'), lines(10));
    symlinkSync('in.jsonl', place.path('link.jsonl'));
    const { code, stderr } = await place.run(['ingest', ...flags.split(' ')]);
    expect({ code, lines: stderr.trim().split('\n').length }, stderr).toEqual({ code: 2, lines: 1 });
    expect(stderr).toContain('which source "source" reads');
    expect(readFileSync(place.path('in.jsonl'), 'utf8')).toBe(lines(10));
  });

  it('leaves its output alone when the input is not there', async () => {
    const place = new Workplace();
    writeFileSync(place.path('out.jsonl'), 'precious\n');
    const { code } = await place.run(['ingest', '--from', 'typo.jsonl', '--to', 'out.jsonl']);
    expect(code).toBe(3);
    expect(readFileSync(place.path('out.jsonl'), 'utf8')).toBe('precious\n');
  });

  it.each(['drop_oldest', 'drop_newest'])(
    'drops under %s rather than wait, and counts it',
    async (strategy) => {
      const place = new Workplace();
      writeFileSync(place.path('in.jsonl'), lines(300_000));
      const child = place.start(
        ...['ingest', '--from', 'in.jsonl', '--to', '-', '--json', '--batch-size', '100'],
        ...['--backpressure', strategy, '--queue-threshold', '1000'],
      );
      // Nobody reads stdout until the source has been dropped from: the pipe is full and the sink stands still.
      let stderr = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
        if (stderr.includes('backpressure: queueSize=')) child.stdout?.resume();
      });
      const [code] = await new Promise<[number]>((resolve) =>
        child.on('close', (each) => resolve([each ?? -1])),
      );
      expect(code).toBe(0);
      const summary = summaryOf(stderr);
      expect(summary.read).toBe(300_000);
      expect(summary.dropped).toBeGreaterThan(0);
      expect(summary.written).toBe(300_000 - summary.dropped);
      expect(summary.max_queue_depth).toBeLessThanOrEqual(2000);
      expect(unaccounted(summary)).toEqual({});
    },
  );

  it.each(['drop_oldest', 'drop_newest'])('counts what %s drops against the limit', async (strategy) => {
    const place = new Workplace();
    writeFileSync(place.path('in.jsonl'), lines(300_000));
    const child = place.start(
      ...['ingest', '--from', 'in.jsonl', '--to', '-', '--json', '--batch-size', '100'],
      ...['--backpressure', strategy, '--queue-threshold', '1000', '--limit', '40000'],
    );
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      if (stderr.includes('backpressure: queueSize=')) child.stdout?.resume();
    });
    await new Promise((resolve) => child.on('close', resolve));
    const summary = summaryOf(stderr);
    expect(summary.dropped).toBeGreaterThan(0);
    expect(summary.read).toBe(40_000);
  });

  it('drops nothing under block, however slow the sink', async () => {
    const place = new Workplace();
    writeFileSync(place.path('in.jsonl'), lines(100_000));
    const child = place.start(
      ...[
        'ingest',
        '--from',
        'in.jsonl',
        '--to',
        '-',
        '--json',
        '--queue-threshold',
        '1000',
        '--batch-size',
        '100',
      ],
    );
    const { code, stdout, stderr } = await collect(child);
    expect(code).toBe(0);
    expect(stdout).toBe(lines(100_000));
    expect(summaryOf(stderr)).toMatchObject({ dropped: 0, written: 100_000 });
    expect(summaryOf(stderr).max_queue_depth).toBeLessThanOrEqual(1000);
  });

  it('ends with 3 and one line when the input is not there', async () => {
    const place = new Workplace();
    const { code, stderr } = await place.run(['ingest', '--from', 'nowhere.jsonl', '--to', '-']);
    expect(code).toBe(3);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('nowhere.jsonl');
  });

  it('writes the file that its flags name, the same at each run', async () => {
    const place = new Workplace();
    writeFileSync(place.path('in.jsonl'), lines(1000));
    for (let run = 0; run < 2; run++) {
      expect((await place.run(['ingest', '--from', 'in.jsonl', '--to', 'out.jsonl'])).code).toBe(0);
      expect(readFileSync(place.path('out.jsonl'), 'utf8')).toBe(lines(1000));
    }
  });
});
