import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { builtIn } from '../../src/spec/registry.ts';
import { sluice } from './sluice.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-commands-'));
});

describe('a command line that is wrong ends with 2, one line, and no stack', () => {
  test.each([
    [['ingset'], 'sluice: there is no command "ingset"; did you mean "ingest"?\n'],
    [['frobnicate'], 'sluice: there is no command "frobnicate"; see sluice --help\n'],
    [['dlq', 'lst'], 'sluice: there is no command "dlq lst"; did you mean "dlq list"?\n'],
    [['help', 'windw'], 'sluice: there is no command "windw"; did you mean "window"?\n'],
    [['ingest', '--frm', 'x'], 'sluice ingest: unknown flag "--frm"; did you mean "--from"?\n'],
    [['ingest', '--from'], 'sluice ingest: flag --from expects a value; see sluice ingest --help\n'],
    [
      ['ingest', '--from', '-'],
      'sluice ingest: --to is missing; for example --to sqlite:out.db#events, or - for stdout\n',
    ],
    [['run'], 'sluice run: JOBFILE is missing; for example sluice run job.yaml\n'],
    [['explain'], 'sluice explain: JOBFILE is missing; for example sluice explain job.yaml\n'],
    [['validate'], 'sluice validate: JOBFILE is missing; for example sluice validate job.yaml\n'],
    [['test'], 'sluice test: JOBFILE is missing; for example sluice test examples/page-views.yaml\n'],
    [['tap'], 'sluice tap: TARGET is missing; for example sluice tap clicks --limit 3\n'],
    [['replay-dlq'], 'sluice replay-dlq: NAME is missing; for example sluice replay-dlq views --dry-run\n'],
    [
      ['dlq', 'show', 'views'],
      'sluice dlq show: ID is missing; for example sluice dlq show views clicks:0:9@clicks\n',
    ],
    [
      ['ingest', 'in.jsonl', 'out.jsonl'],
      'sluice: unexpected argument "in.jsonl"; see sluice ingest --help\n',
    ],
    [
      ['ingest', '--from', 'a.jsonl', 'b.jsonl', '--to', '-'],
      `sluice ingest: unexpected argument "b.jsonl"; put a pattern such as '*.jsonl' in quotes, or see sluice ingest --help\n`,
    ],
    [['validate', 'a', 'b'], 'sluice validate: unexpected argument "b"; see sluice validate --help\n'],
    [
      ['validate', 'nowhere.yaml'],
      'nowhere.yaml: there is no such file; sluice init makes a jobfile to start from\n',
    ],
    [['components', 'kafak'], 'sluice: there is no component of type "kafak"; did you mean "kafka"?\n'],
  ])('%j', async (args, stderr) => {
    expect(await sluice(args, { cwd: folder })).toEqual({ code: 2, stdout: '', stderr });
  });
});

describe('validate', () => {
  test('shows the line of a mistake with a caret', async () => {
    writeFileSync(
      join(folder, 'wrong.yaml'),
      'sources:\n  in: { type: file, paht: a }\nsinks: { out: { type: stdout } }\n',
    );
    const { code, stderr } = await sluice(['validate', 'wrong.yaml'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toBe(
      'wrong.yaml:2:21: unknown option "paht"; did you mean "path"?\n  2 |   in: { type: file, paht: a }\n    |                     ^\n',
    );
  });

  test('reads a jobfile from standard input', async () => {
    const input = 'name: piped\nsources: { in: { type: stdin } }\nsinks: { out: { type: stdout } }\n';
    const { code, stdout } = await sluice(['validate', '-'], { input });
    expect([code, stdout]).toEqual([0, '-: job piped is valid: in, out\n']);
  });
});

describe('init', () => {
  test('writes a jobfile that is valid, and never writes over one', async () => {
    expect((await sluice(['init', 'first.yaml'], { cwd: folder })).code).toBe(0);
    expect(await sluice(['validate', 'first.yaml'], { cwd: folder })).toMatchObject({ code: 0, stderr: '' });
    writeFileSync(join(folder, 'mine.yaml'), 'mine');
    const again = await sluice(['init', 'mine.yaml'], { cwd: folder });
    expect(again).toMatchObject({
      code: 2,
      stderr: 'mine.yaml: the file is there already; give another name: sluice init FILE\n',
    });
    expect(readFileSync(join(folder, 'mine.yaml'), 'utf8')).toBe('mine');
  });
});

describe('components', () => {
  test('lists every source, operator and sink', async () => {
    const { stdout } = await sluice(['components']);
    const all = [...builtIn.sources, ...builtIn.operators, ...builtIn.sinks];
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/\s+/).slice(0, 2)),
    ).toEqual(all.map(({ kind, type }) => [kind, type]));
  });

  test('shows the options of a type', async () => {
    const { stdout } = await sluice(['components', 'kafka']);
    expect(stdout).toMatch(/^kafka \(source\)/);
    expect(stdout).toMatch(/^ {2}brokers +text or list +required /m);
    expect(stdout).toMatch(/^kafka \(sink\)/m);
  });
});

test('schema prints a JSON Schema that knows each component', async () => {
  const schema = JSON.parse((await sluice(['schema'])).stdout);
  expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  const types = schema.properties.sources.additionalProperties.anyOf.map(
    (one: { properties: { type: { const: string } } }) => one.properties.type.const,
  );
  expect(types).toEqual(builtIn.sources.map((source) => source.type));
});

test('--version names the version and the Node.js that runs it', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const { stdout } = await sluice(['--version']);
  expect(stdout).toBe(`sluice/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
});

test('a job printed by --print-job is valid, and prints itself', async () => {
  const first = await sluice(
    ['ingest', '--from', 'a.csv', '--to', 'sqlite:out.db#t', '--key', 'id', '--print-job'],
    { cwd: folder },
  );
  writeFileSync(join(folder, 'printed.yaml'), first.stdout);
  const second = await sluice(['run', 'printed.yaml', '--print-job'], { cwd: folder });
  expect(second).toEqual({ ...first, code: 0 });
});
