import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { summaryOf, unaccounted, Workplace } from './sluice.ts';

const clicks = [
  { user: 'ann', page: '/a', value: 1, at: 0 },
  { user: 'bob', page: '/a', value: 2, at: 60_000 },
  { user: 'ann', page: '/b', value: 4, at: 299_999 },
  { user: 'ann', page: '/a', value: 8, at: 300_000 },
  { user: 'ann', page: '/a', value: 'much', at: 300_001 },
  { user: 'ann', page: '/a', value: 16, at: 'soon' },
  { user: 'ann', page: '/a', value: 32, at: 900_000 },
  { user: 'eve', page: '/a', value: 64, at: 1000 },
];
const input = clicks.map((click) => `${JSON.stringify(click)}\n`).join('');
const tumbling = [
  '--time',
  'at',
  '--tumbling',
  '5m',
  '--key',
  'page',
  '--agg',
  'n=count(*)',
  '--agg',
  'total=sum(value)',
];

describe('sluice window', () => {
  it('goes on, and says so, where a bare number may be no milliseconds', async () => {
    const args = ['window', '--from', '-', '--to', '-', '--time', 'at', '--agg', 'n=count(*)'];
    const { code, stdout, stderr } = await new Workplace().run([...args, '--tumbling', '5'], input);
    expect(code).toBe(0);
    expect(stdout).toContain(
      '"window_start":"1970-01-01T00:00:00.000Z","window_end":"1970-01-01T00:00:00.005Z"',
    );
    expect(stderr.split('\n')[0]).toBe('--tumbling: 5 is 5 milliseconds; for seconds write 5s');
  });

  it('sums the numbers of a CSV by the types that it is told, in flags and in a jobfile alike', async () => {
    const place = new Workplace();
    const csv = 'shop,amount,at\na,5,1970-01-01\na,,1970-01-01\nb,x,1970-01-01\nb,7.5,1970-01-02\n';
    writeFileSync(place.path('sales.csv'), csv);
    const from = ['--from', 'sales.csv', '--time', 'at', '--types', 'amount double, at timestamp'];
    const aggregate = ['--key', 'shop', '--tumbling', '1d', '--agg', 'total=sum(amount)'];
    const flags = ['window', ...from, ...aggregate, '--where', 'at < now()', '--to', '-'];
    const totals = (stdout: string) => {
      const lines = stdout.trim().split('\n');
      return lines.map((line) => JSON.parse(line)).map(({ shop, total }) => [shop, total]);
    };
    const { stdout, stderr } = await place.run(flags);
    expect(totals(stdout)).toEqual([
      ['a', 5],
      ['b', 7.5],
    ]);
    expect(stderr).toContain("field \"amount\" of the schema: can't cast the text 'x' to DOUBLE");
    const jobfile = await place.run([...flags, '--print-job']);
    writeFileSync(place.path('job.yaml'), jobfile.stdout);
    expect(totals((await place.run(['run', 'job.yaml'])).stdout)).toEqual(totals(stdout));
    const untyped = await place.run(
      flags.filter((flag) => flag !== '--types' && !flag.includes('timestamp')),
    );
    expect(untyped.stderr).toContain(
      "CSV is read as text; say which fields are numbers: --types 'FIELD double'",
    );
  });

  it.each([
    ['--agg', ['--tumbling', '5s', '--agg', 'n=count(*)', '--agg', '__proto__=count(*)']],
    ['--key', ['--tumbling', '5s', '--agg', 'n=count(*)', '--key', 'a AS __proto__']],
    ['--set', ['--set', 'a.__proto__=1']],
  ])('refuses the name of a prototype in %s, which no result could show', async (flag, args) => {
    const command = flag === '--set' ? 'transform' : 'window';
    const { code, stderr } = await new Workplace().run(
      [command, '--from', '-', '--to', '-', ...args],
      '{}\n',
    );
    expect(code).toBe(2);
    expect(stderr).toContain(`${flag}: a field can't be called "__proto__"; give it another name\n`);
  });

  it('prints a row for each window and key, once it has closed', async () => {
    const workplace = new Workplace();
    const { code, stdout, stderr } = await workplace.run(
      ['window', '--from', '-', '--to', '-', '--json', ...tumbling],
      input,
    );
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toEqual([
      '{"page":"/a","window_start":"1970-01-01T00:00:00.000Z","window_end":"1970-01-01T00:05:00.000Z","n":2,"total":3}',
      '{"page":"/b","window_start":"1970-01-01T00:00:00.000Z","window_end":"1970-01-01T00:05:00.000Z","n":1,"total":4}',
      '{"page":"/a","window_start":"1970-01-01T00:05:00.000Z","window_end":"1970-01-01T00:10:00.000Z","n":1,"total":8}',
      '{"page":"/a","window_start":"1970-01-01T00:15:00.000Z","window_end":"1970-01-01T00:20:00.000Z","n":1,"total":32}',
    ]);
    const summary = summaryOf(stderr);
    expect(summary).toMatchObject({ read: 8, written: 4, dead_letters: 2 });
    expect(
      unaccounted({ ...summary, nodes: summary.nodes.filter(({ kind }) => kind !== 'operator') }),
    ).toEqual({});
    expect(summary.nodes.find(({ name }) => name === 'window')).toMatchObject({
      in: 7,
      late: 1,
      dead_letters: 1,
    });
  });

  it('writes a table whose key is the key fields and window_start, and the same rows when run again', async () => {
    const workplace = new Workplace();
    writeFileSync(workplace.path('clicks.jsonl'), input);
    const args = [
      'window',
      '--from',
      'clicks.jsonl',
      '--to',
      'sqlite:out.db#t',
      '--allowed-lateness',
      '1h',
      ...tumbling,
    ];
    for (const more of [[], ['--restart']]) expect((await workplace.run([...args, ...more])).code).toBe(0);
    const database = new DatabaseSync(workplace.path('out.db'), { readOnly: true });
    const columns = database
      .prepare("SELECT name FROM pragma_table_info('t') WHERE pk > 0 ORDER BY pk")
      .all();
    expect(columns.map(({ name }) => name)).toEqual(['page', 'window_start']);
    expect(
      database
        .prepare('SELECT page, window_start, n, total FROM t ORDER BY 2, 1')
        .all()
        .map((row) => ({ ...row })),
    ).toEqual([
      { page: '/a', window_start: 0, n: 3, total: 67 },
      { page: '/b', window_start: 0, n: 1, total: 4 },
      { page: '/a', window_start: 300_000, n: 1, total: 8 },
      { page: '/a', window_start: 900_000, n: 1, total: 32 },
    ]);
    database.close();
  });

  it('groups by several keys and expressions, and lets some results through', async () => {
    const workplace = new Workplace();
    const flags = [
      '--time',
      'at',
      '--session',
      '9m',
      '--key',
      "upper(user) AS who, coalesce(page, '?') AS p",
      '--key',
      'value > 5 AS high',
    ];
    const { stdout } = await workplace.run(
      ['window', '--from', '-', '--to', '-', ...flags, '--agg', 'n=count(*)', '--having', 'n = 1 AND high'],
      input,
    );
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { who: 'ANN', p: '/a', high: true, n: 1 },
      { who: 'ANN', p: '/a', high: true, n: 1 },
    ]);
  });
});

describe('the results of windows', () => {
  it('do not depend on how the stream was cut', async () => {
    const workplace = new Workplace();
    const from = 'generate:clicks?count=3000&interval=100ms&disorder=40s&seed=5';
    const flags = [
      '--watermark',
      '5s',
      '--sliding',
      '1m',
      '--every',
      '20s',
      '--key',
      'action',
      '--agg',
      'n=count(*)',
    ];
    const outputs = new Set<string>();
    for (const [batch, threshold, interval] of [
      ['1000', '10000', '30s'],
      ['7', '50', '1ms'],
      ['1', '1', '10ms'],
    ] as const) {
      const cuts = ['--batch-size', batch, '--queue-threshold', threshold, '--checkpoint-interval', interval];
      const { code } = await workplace.run([
        ...['window', '--from', from, '--time', 'timestamp', ...flags, ...cuts],
        ...[
          '--agg',
          'total=sum(value)',
          '--agg',
          'users=count(DISTINCT user_id)',
          '--to',
          `out-${batch}.jsonl`,
        ],
      ]);
      expect(code).toBe(0);
      outputs.add(readFileSync(workplace.path(`out-${batch}.jsonl`), 'utf8'));
    }
    expect(outputs.size).toBe(1);
    expect([...outputs][0]!.split('\n').length).toBeGreaterThan(50);
  });
});

describe('sluice test', () => {
  it('ends with 1 where a test fails, and with 2 where there is none', async () => {
    const workplace = new Workplace();
    const job = 'sources: { a: { type: stdin } }\nsinks: { b: { type: stdout } }\n';
    writeFileSync(workplace.path('none.yaml'), job);
    writeFileSync(
      workplace.path('wrong.yaml'),
      `${job}tests: [ { name: t, input: { a: [ { x: 1 } ] }, output: { b: [ { x: 2 } ] } } ]\n`,
    );
    expect(await workplace.run(['test', 'none.yaml'])).toMatchObject({ code: 2, stdout: '' });
    const { code, stdout } = await workplace.run(['test', 'wrong.yaml']);
    expect(code).toBe(1);
    expect(stdout).toContain('FAIL  t\n');
    expect(stdout).toContain('1 of 1 test failed');
  });
});
