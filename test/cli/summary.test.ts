import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Workplace } from './sluice.ts';

const START = Date.parse('2026-01-01T00:00:00Z');

/** A second apart. */
function clicks(place: Workplace, count: number, more: (index: number) => object = () => ({})): void {
  const lines = Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      user_id: `u${index % 3}`,
      action: 'click',
      timestamp: START + index * 1000,
      ...more(index),
    }),
  );
  writeFileSync(place.path('clicks.jsonl'), `${lines.join('\n')}\n`);
}

const from = ['--from', 'clicks.jsonl', '--to', 'out.jsonl', '--name', 'job'];

async function summaryOf(place: Workplace, args: readonly string[]): Promise<string> {
  const { code, stderr } = await place.run(args);
  expect(code).toBe(0);
  return stderr;
}

test('a filter by a field that no event has is told of at the end, with the fields that there are', async () => {
  const place = new Workplace();
  clicks(place, 50);
  const told = await summaryOf(place, ['transform', ...from, '--where', "acton = 'click' AND user_id > ''"]);
  expect(told).toContain(
    '  source_where left out all 50 events: none has a field "acton"; did you mean "action"? They have user_id, action and timestamp\n',
  );
});

test('so is a pattern by such a field, or by one inside another', async () => {
  const place = new Workplace();
  clicks(place, 50, () => ({ page: { path: '/' } }));
  const pattern = "COUNT(*) > 3 IN 30s WHERE page.url = '/'";
  const told = await summaryOf(place, ['detect', ...from, '--time', 'timestamp', '--pattern', pattern]);
  expect(told).toContain('detect left out all 50 events: none has a field "page.url"; they have user_id,');
});

test('nothing is said of a field that one event has, nor of one that a step makes', async () => {
  const place = new Workplace();
  clicks(place, 50, (index) => (index === 49 ? { paid: false } : {}));
  expect(await summaryOf(place, ['transform', ...from, '--where', 'paid'])).not.toContain('none has');
  writeFileSync(
    place.path('job.yaml'),
    `sources: { clicks: { type: file, path: clicks.jsonl } }
operators:
  known: { type: transform, steps: [{ set: { known: user_id } }, { filter: known IS NULL }, { filter: known = 1 }] }
  none: { type: transform, from: clicks, steps: [{ filter: user_id = 'none' }, { set: { made: 1 } }, { filter: made = 1 }] }
  one: { type: transform, from: clicks, steps: [{ sample: { fraction: 0.0001, by: action } }, { set: { made: 1 } }, { filter: made = 2 }] }
sinks: { out: { type: file, from: [known, none, one], path: out.jsonl } }
`,
  );
  const told = await summaryOf(place, ['run', 'job.yaml', '--set', 'sources.clicks.time=timestamp']);
  expect(told).toContain('in 50 = passed on 0 + filtered 50');
  expect(told).not.toContain('none has');
});

test('a key or an aggregation by a field that no event has, and that is nearly one, is told of', async () => {
  const place = new Workplace();
  clicks(place, 20, (index) => (index === 19 ? { vlaue: 1, value: 2 } : { value: 1 }));
  const timed = ['--time', 'timestamp', '--key'];
  const windowed = ['window', ...from, '--tumbling', '15s', ...timed];
  const wrong = await summaryOf(place, [...windowed, 'lower(usr_id) AS user', '--agg', 'n=sum(vlaue)']);
  expect(wrong).toContain(
    '  window reads the field "usr_id", and no event has it; did you mean "user_id"?\n',
  );
  // One event has the one, and the other is like none that there is.
  const right = await summaryOf(place, [
    ...windowed,
    'user_id',
    '--agg',
    'n=sum(vlaue)',
    '--agg',
    'm=sum(discount)',
  ]);
  expect(right).not.toContain('reads the field');
  const both = ['--from', 'a=clicks.jsonl', '--from', 'b=clicks.jsonl', '--to', 'out.jsonl', '--name', 'job'];
  const joined = [
    'join',
    ...both,
    '--time',
    'timestamp',
    '--window',
    '1s',
    '--select',
    'a.value AS v',
    '--on',
  ];
  expect(await summaryOf(place, [...joined, 'a.user_id = b.userid'])).toContain(
    '  join reads the field "userid", and no event has it; did you mean "user_id"?\n',
  );
  // Only the one input has a field of that name, and only of that one it is read.
  writeFileSync(place.path('users.jsonl'), `${JSON.stringify({ userid: 'u1', timestamp: START })}\n`);
  const ofUsers = joined.map((part) => (part === 'b=clicks.jsonl' ? 'b=users.jsonl' : part));
  expect(await summaryOf(place, [...ofUsers, 'a.user_id = b.userid'])).not.toContain('reads the field');
});

test('so is a field that is set or selected, but not one that a step has made, or that may be missing', async () => {
  const place = new Workplace();
  clicks(place, 5, () => ({ value: 1 }));
  const told = (...args: string[]) => summaryOf(place, ['transform', ...from, ...args]);
  const reads = (field: string, meant: string) =>
    `  transform reads the field "${field}", and no event has it; did you mean "${meant}"?\n`;
  expect(await told('--set', 'double=vlaue * 2')).toContain(reads('vlaue', 'value'));
  expect(await told('--set', 'double=value * 2', '--select', 'userid,double')).toContain(
    reads('userid', 'user_id'),
  );
  const fine = ['--set', 'values=value', '--set', 'a=coalesce(userid, user_id)', '--select', 'values,a'];
  expect(await told(...fine, '--where', 'actions IS NULL')).not.toContain('reads the field');
});

test('a job all of whose events fail tells why, and how it would end early', async () => {
  const place = new Workplace();
  clicks(place, 20, (index) => (index === 0 ? { timestamp: 'never' } : {}));
  const args = ['transform', ...from, '--time', 'timestamp', '--set', 'n=CAST(action AS INTEGER)'];
  const told = await summaryOf(place, args);
  expect(told.split('\n').slice(-5)).toEqual([
    "  19 failed in transform, reason cast: can't cast the text 'click' to INTEGER",
    expect.stringMatching(/^ {2}1 failed in source, reason time: /),
    '  dead letters are in the store of its checkpoints: sluice dlq list job or sluice replay-dlq job',
    '  no event came through; --max-errors 10% ends such a job, with code 4',
    '',
  ]);
  const { code } = await place.run([...args, '--max-errors', '10%']);
  expect(code).toBe(4);
});

test('the books of windows, joins, detectors and modules tell events from results', async () => {
  const place = new Workplace();
  clicks(place, 30);
  const keyed = ['--time', 'timestamp', '--key', 'user_id'];
  expect(
    await summaryOf(place, ['window', ...from, ...keyed, '--tumbling', '15s', '--agg', 'n=count(*)']),
  ).toContain('  window  in 30 = absorbed 30 → 6 results\n');
  const pattern = "COUNT(*) > 3 IN 1m WHERE action = 'click'";
  expect(await summaryOf(place, ['detect', ...from, ...keyed, '--pattern', pattern])).toContain(
    '  detect  in 30 = absorbed 30 → 3 results\n',
  );
  writeFileSync(
    place.path('module.mjs'),
    `export function process(key, event, state, ctx) { ctx.timer(event.timestamp); return event.user_id === 'u1' ? event : null }
     export const timer = (user, at) => ({ user, at });`,
  );
  writeFileSync(
    place.path('job.yaml'),
    `sources: { clicks: { type: file, path: clicks.jsonl, time: timestamp } }
operators: { called: { type: process, key: user_id, module: ./module.mjs } }
sinks: { out: { type: file, path: out.jsonl } }
`,
  );
  expect(await summaryOf(place, ['run', 'job.yaml'])).toContain(
    '  called  in 30 + made 30 = results 40 + absorbed 20\n',
  );
  const both = ['--from', 'a=clicks.jsonl', '--from', 'b=clicks.jsonl', '--to', 'out.jsonl', '--name', 'job'];
  const joined = ['join', ...both, '--time', 'timestamp', '--on', 'a.timestamp = b.timestamp'];
  expect(
    await summaryOf(place, [...joined, '--window', '1s', '--select', 'a.user_id AS one, b.user_id AS other']),
  ).toMatch(/ in 60 = absorbed 60 → 30 results\n/);
});

test('the error rate is at most 100 %, whatever the branches; max_errors counts what each of them refused', async () => {
  const place = new Workplace();
  clicks(place, 200, (index) => ({ text: index % 5 < 3 ? 'x' : '1' }));
  const step = '[{ set: { number: CAST(text AS INTEGER) } }]';
  const job = `sources: { clicks: { type: file, path: clicks.jsonl } }
operators:
  first: { type: transform, from: clicks, steps: ${step} }
  second: { type: transform, from: clicks, steps: ${step}, on_error: skip }
sinks: { out: { type: file, from: [first, second], path: out.jsonl } }
`;
  writeFileSync(place.path('job.yaml'), job);
  const { stdout } = await place.run(['run', 'job.yaml', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ read: 200, written: 160, dead_letters: 120, error_rate: 100 });
  expect(await summaryOf(place, ['run', 'job.yaml', '--restart'])).toContain(
    '120 dead letters, 120 skipped (100 %)',
  );
  const budget = ['run', 'job.yaml', '--restart', '--max-errors'];
  expect((await place.run([...budget, '90%'])).code).toBe(4);
});

test('the event that ended the job is in the books as what it is, of a node that passes on and of one that absorbs', async () => {
  const place = new Workplace();
  clicks(place, 50, (index) => ({ text: index === 20 ? 'x' : '1' }));
  const failing = async (node: string) => {
    writeFileSync(
      place.path('job.yaml'),
      `sources: { clicks: { type: file, path: clicks.jsonl, time: timestamp } }
operators: { node: { from: clicks, on_error: fail, ${node} } }
sinks: { out: { type: file, path: out.jsonl } }
`,
    );
    const { code, stderr } = await place.run(['run', 'job.yaml', '--name', 'job', '--restart']);
    expect(code).toBe(1);
    return stderr;
  };
  expect(await failing('type: transform, steps: [{ set: { n: CAST(text AS INTEGER) } }]')).toContain(
    '  node    in 21 = passed on 20 + failed 1\n',
  );
  expect(await failing('type: window, tumbling: 60s, aggregations: { n: sum(text) }')).toContain(
    '  node    in 1 = absorbed 0 + failed 1 → 0 results\n',
  );
});
