import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { summaryOf, unaccounted, Workplace } from './sluice.ts';

const jobfile = `name: views
sources: { in: { type: file, path: in.jsonl, time: t, watermark: 0s } }
operators: { counts: { type: window, tumbling: 1m, key: k, aggregations: { n: count(*) }, on_late: dead_letter } }
sinks: { out: { type: file, path: out.jsonl } }
`;

it('keeps late events as dead letters where it is told to, and writes them elsewhere', async () => {
  const place = new Workplace();
  writeFileSync(place.path('job.yaml'), jobfile);
  // |--- first minute ---|   … the watermark is at 200 s …   5 ms comes too late
  const events = [0, 200_000, 5].map((t) => ({ k: 'a', t }));
  writeFileSync(place.path('in.jsonl'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  const { stdout } = await place.run(['run', 'job.yaml', '--json']);
  const summary = summaryOf(stdout);
  expect(summary).toMatchObject({ read: 3, written: 2, dead_letters: 1 });
  expect(summary.nodes.map(({ late }) => late)).toEqual([0, 0, 0]);
  expect(unaccounted(summary)).toEqual({});

  const listed = await place.run(['dlq', 'list', 'views', '--json']);
  expect(JSON.parse(listed.stdout)).toMatchObject({
    node: 'counts',
    reason: 'late',
    event: { k: 'a', t: 5 },
  });
  const written = await place.run(['replay-dlq', 'views', '--to', 'late.jsonl']);
  expect(written.code, written.stderr).toBe(0);
  expect(readFileSync(place.path('late.jsonl'), 'utf8')).toBe('{"k":"a","t":5}\n');
});

it('refuses to be told so where nothing can be late', async () => {
  const place = new Workplace();
  writeFileSync(
    place.path('job.yaml'),
    jobfile.replace(/type: window.*\}, on_late/, 'type: transform, steps: [ { filter: n > 1 } ], on_late'),
  );
  const { code, stderr } = await place.run(['validate', 'job.yaml']);
  expect(code).toBe(2);
  expect(stderr).toContain('nothing comes too late for a transform');
});
