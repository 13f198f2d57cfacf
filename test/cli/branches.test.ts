import { readFileSync, writeFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { summaryOf, Workplace } from './sluice.ts';

/** Two branches of one source, which meet again: in a union, or in the sink itself. */
function jobfile(number: string, { from = 'both', sink = '{ type: sqlite, path: out.db, table: rows' } = {}) {
  return `name: branches
sources: { in: { type: file, path: in.jsonl } }
operators:
  one: { type: transform, from: in, steps: [ { set: { tag: "'one'" } } ] }
  two: { type: transform, from: in, steps: [ { set: { tag: "'two'" } } ] }
  both: { type: union, from: [one, two] }
  numbered: { type: transform, from: both, steps: [ { set: { number: "${number}" } } ] }
sinks:
  out: ${sink}, from: ${from} }
  rest: { type: file, path: rest.jsonl, from: numbered }
`;
}

const refusing = 'CAST(tag || n AS INTEGER)';
const refusingOne = "CASE WHEN tag = 'one' THEN CAST(tag AS INTEGER) ELSE n END";

function place(text: string): Workplace {
  const workplace = new Workplace();
  writeFileSync(workplace.path('in.jsonl'), '{"n":1}\n{"n":2}\n');
  writeFileSync(workplace.path('job.yaml'), text);
  return workplace;
}

function linesOf(workplace: Workplace, file: string): string[] {
  return readFileSync(workplace.path(file), 'utf8').trimEnd().split('\n').toSorted();
}

const all = ['{"n":1,"tag":"one"}', '{"n":1,"tag":"two"}', '{"n":2,"tag":"one"}', '{"n":2,"tag":"two"}'];

describe('two branches of one source', () => {
  it.each([
    ['a union', 'both'],
    ['a sink', '[one, two]'],
  ])('that meet in %s lose no row, and give the same rows in another run', async (_, from) => {
    const workplace = place(jobfile('n', { from }));
    const rows = async () => {
      expect((await workplace.run(['run', 'job.yaml', '--restart'])).code).toBe(0);
      const database = new Sqlite(workplace.path('out.db'), { readonly: true });
      const found = database.prepare<[], { n: number; tag: string }>('SELECT * FROM rows').all();
      database.close();
      return found.map((row) => JSON.stringify(row)).toSorted();
    };
    const first = await rows();
    expect(first).toHaveLength(4);
    expect(await rows()).toEqual(first);
  });

  it.each([
    ['node', []],
    ['source', ['--from-start']],
  ])('have a dead letter for each event, which goes in again at its %s', async (_, flags) => {
    const sink = '{ type: file, path: out.jsonl';
    const workplace = place(jobfile(refusing, { from: 'numbered', sink }));
    const { stdout } = await workplace.run(['run', 'job.yaml', '--json']);
    expect(summaryOf(stdout).nodes.find(({ name }) => name === 'numbered')).toMatchObject({
      dead_letters: 4,
    });
    const list = await workplace.run(['dlq', 'list', 'branches', '--json']);
    expect(list.stdout.trimEnd().split('\n')).toHaveLength(4);
    writeFileSync(workplace.path('job.yaml'), jobfile('n', { from: 'numbered', sink }));
    const replay = ['replay-dlq', 'job.yaml', '--allow-changes', '--json', ...flags];
    const replayed = await workplace.run(replay);
    expect(JSON.parse(replayed.stdout), replayed.stderr).toMatchObject({ replayed: 4, failed_again: 0 });
    const numbered = all.map((line) => line.replace(/"n":(\d)(.*)}/, '"n":$1$2,"number":$1}'));
    expect(linesOf(workplace, 'out.jsonl')).toEqual(numbered);
  });

  it('bring a letter of one of them back from the start by that one alone', async () => {
    const workplace = place(jobfile(refusingOne));
    await workplace.run(['run', 'job.yaml']);
    const others = ['{"n":1,"tag":"two","number":1}', '{"n":2,"tag":"two","number":2}'];
    expect(linesOf(workplace, 'rest.jsonl')).toEqual(others);
    writeFileSync(workplace.path('job.yaml'), jobfile('n'));
    await workplace.run(['replay-dlq', 'job.yaml', '--allow-changes', '--from-start']);
    const mended = others.map((line) => line.replace('two', 'one'));
    expect(linesOf(workplace, 'rest.jsonl')).toEqual([mended[0], others[0], mended[1], others[1]]);
  });
});
