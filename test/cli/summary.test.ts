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

test('the books of windows, joins and detectors tell events from results', async () => {
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
  const both = ['--from', 'a=clicks.jsonl', '--from', 'b=clicks.jsonl', '--to', 'out.jsonl', '--name', 'job'];
  const joined = ['join', ...both, '--time', 'timestamp', '--on', 'a.timestamp = b.timestamp'];
  expect(
    await summaryOf(place, [...joined, '--window', '1s', '--select', 'a.user_id AS one, b.user_id AS other']),
  ).toMatch(/ in 60 = absorbed 60 → 30 results\n/);
});
