import { execFileSync, spawn } from 'node:child_process';
import { appendFile, mkdir, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Format } from '../../../src/component/define.ts';
import type { Source } from '../../../src/component/source.ts';
import { fileSource } from '../../../src/sources/file/definition.ts';
import { temporaryFolder } from '../../contracts/folder.ts';
import { TestSourceHost } from '../../contracts/host.ts';
import { drain } from '../../contracts/source.ts';

async function open(
  options: Record<string, unknown>,
  given: { format?: Format; resume?: Record<string, number> } = {},
) {
  const { format = 'json', resume = {} } = given;
  const source = await fileSource.build(fileSource.options.parse(options), {
    name: 'in',
    job: 'test',
    format,
    exitAtEnd: false,
  });
  const host = new TestSourceHost(resume);
  await source.open(resume, host);
  onTestFinished(() => source.close());
  return { source, host };
}

async function fileOf(content: string | Buffer, name = 'in.jsonl'): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, content);
  return path;
}

const textsOf = async (source: Source) => (await drain(source, 100, 1 << 20)).map(({ text }) => text);

describe('a file that can not be read', () => {
  test('is an endpoint that can not be reached', async () => {
    await expect(open({ path: '/nowhere/in.jsonl' })).rejects.toThrow(
      expect.objectContaining({
        name: 'UnreachableError',
        message: '/nowhere/in.jsonl: there is no such file or folder',
      }),
    );
  });

  test('because no file matches says so', async () => {
    await expect(open({ path: '/nowhere/*.jsonl' })).rejects.toThrow('no file matches /nowhere/*.jsonl');
  });

  test('because it is a folder is a mistake in the job', async () => {
    const path = await temporaryFolder();
    await expect(open({ path })).rejects.toThrow(
      expect.objectContaining({ name: 'SpecError', message: 'this is a folder', place: path }),
    );
  });

  test('because it is shorter than the checkpoint says is refused', async () => {
    const path = await fileOf('{}\n{}\n');
    await expect(open({ path }, { resume: { [path]: 7 } })).rejects.toThrow('is shorter than 7 bytes');
  });

  test('because it was compressed from less than the checkpoint says ends the job', async () => {
    const path = await fileOf(gzipSync('{}\n{}\n'), 'in.jsonl.gz');
    const { host } = await open({ path }, { resume: { [path]: 7 } });
    await vi.waitFor(() => expect(host.failures[0]?.message).toContain('is shorter than 7 bytes'));
  });

  test('because it was cut short in the middle of gzip ends the job', async () => {
    const path = await fileOf(gzipSync('{"a":1}\n'.repeat(1000)).subarray(0, -20), 'in.jsonl.gz');
    const { host } = await open({ path });
    await vi.waitFor(() =>
      expect(host.failures[0]?.message).toBe(`${path}: the compressed data ends too soon`),
    );
  });

  test('because it is gone since the checkpoint is refused', async () => {
    const path = await fileOf('{}\n');
    const gone = path.replace('in.jsonl', 'gone.jsonl');
    await expect(open({ path }, { resume: { [gone]: 3 } })).rejects.toThrow('was being read and is gone');
  });

  test('because Node reads but the start of zstd is refused', async () => {
    await expect(open({ path: await fileOf('', 'in.jsonl.zst') })).rejects.toThrow(
      'zstd files are not supported',
    );
  });

  test('because its header names a column twice ends the job', async () => {
    const { host } = await open({ path: await fileOf('a,a\n1,2\n') }, { format: 'csv' });
    await vi.waitFor(() =>
      expect(host.failures[0]).toMatchObject({
        message: 'the CSV header names the column "a" twice',
        place: expect.stringMatching(/^\/.*\.jsonl$/),
        hint: 'name it otherwise in the file',
      }),
    );
  });
});

describe('names of files', () => {
  test('are matched as a glob, and read in order', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'deep'));
    for (const name of ['b.log', 'a.log', 'deep/c.log', 'other.txt'])
      await writeFile(join(folder, name), `${name}\n`);
    const { source } = await open({ path: `${folder}/**/*.log` }, { format: 'text' });
    expect(await textsOf(source)).toEqual(['a.log', 'b.log', 'deep/c.log']);
    expect(Object.keys(source.ends?.() ?? {})).toEqual(
      ['a.log', 'b.log', 'deep/c.log'].map((name) => join(folder, name)),
    );
  });

  test('may read like a pattern', async () => {
    const { source } = await open({ path: await fileOf('here\n', 'in[1].txt') }, { format: 'text' });
    expect(await textsOf(source)).toEqual(['here']);
  });

  test.each([
    ['a.jsonl', 'json'],
    ['a.ndjson.gz', 'json'],
    ['logs/*.csv.gz', 'csv'],
    ['a.log', 'text'],
    ['a', undefined],
  ])('%s say the format %s', (path, format) => {
    expect(fileSource.guessFormat?.(fileSource.options.parse({ path }))).toBe(format);
  });
});

test('rows of CSV have the columns of the header, also after a resume', async () => {
  const path = await fileOf('id,name\n1,one\n2,two\n');
  const { source } = await open({ path }, { format: 'csv', resume: { [path]: 14 } });
  await source.ready(new AbortController().signal);
  expect(source.poll(10, 1000)?.value?.(0)).toEqual({ id: '2', name: 'two' });
});

test('a file much larger than what is read ahead arrives whole', async () => {
  const lines = Array.from(
    { length: 100_000 },
    (_, index) => `{"index":${index},"text":"${'x'.repeat(80)}é"}`,
  );
  const { source } = await open({ path: await fileOf(lines.join('\n')) });
  expect(await textsOf(source)).toEqual(lines);
});

test('a paused source reads no more than what it has read ahead', async () => {
  const { source } = await open(
    { path: await fileOf(`${'x'.repeat(999)}\n`.repeat(20_000)) },
    { format: 'text' },
  );
  await source.ready(new AbortController().signal);
  source.pause();
  let polled = 0;
  const pollAll = () => {
    for (let run = source.poll(1000, 1 << 20); run !== undefined; run = source.poll(1000, 1 << 20))
      polled += run.length;
    return polled;
  };
  // What was being read when it was paused may still come.
  await vi.waitFor(() => expect(pollAll()).toBe(pollAll()));
  expect(polled).toBeLessThan(10_000);
  source.resume();
  expect(polled + (await drain(source, 1000, 1 << 20)).length).toBe(20_000);
});

describe('a file that is read to its end', () => {
  const folderOf = async (files: Record<string, string | Buffer>) => {
    const folder = await temporaryFolder();
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    return { folder, namesOf: (paths: readonly string[]) => paths.map((path) => path.slice(-5)) };
  };

  test('is told of behind its last row, and before the first one of the next', async () => {
    const { folder, namesOf } = await folderOf({ 'a.csv': 'n\n1\n2\n\n', 'b.csv': 'n\n3\n' });
    const { source, host } = await open({ path: `${folder}/*.csv` }, { format: 'csv' });
    const told = [];
    while (!source.ended) {
      const run = source.poll(1, 1000);
      if (run === undefined) await source.ready(new AbortController().signal);
      else told.push([run.value?.(0).n, ...namesOf(host.finished)]);
    }
    expect(told).toEqual([['1'], ['2'], ['3', 'a.csv']]);
    expect(namesOf(host.finished)).toEqual(['a.csv', 'b.csv']);
  });

  test.each([
    ['without a byte', ''],
    ['with a header alone', 'n\n'],
    ['with a header in gzip', gzipSync('n\n')],
    ['with a header and blank lines', 'n\n\n\n'],
  ])('is told of before the first row of all where it holds none: %s', async (_, content) => {
    const name = typeof content === 'string' ? 'b.csv' : 'b.csv.gz';
    const { folder } = await folderOf({ 'a.csv': 'n\n1\n', [name]: content, 'c.csv': 'n\n2\n' });
    const { source, host } = await open({ path: `${folder}/*.csv*` }, { format: 'csv' });
    expect(host.finished).toEqual([join(folder, name)]);
    expect(await textsOf(source)).toEqual(['1', '2']);
  });

  test('is none that is followed', async () => {
    const { folder } = await folderOf({ 'a.csv': 'n\n1\n', 'b.csv': '' });
    const { source, host } = await open({ path: `${folder}/*.csv`, follow: true }, { format: 'csv' });
    await vi.waitFor(() => expect(source.poll(1, 1000)).toBeDefined());
    await vi.waitFor(() => expect(host.statuses).toHaveLength(2));
    expect(source.poll(1, 1000)).toBeUndefined();
    expect(host.finished).toEqual([]);
  });
});

test('a named pipe is read to its end', async () => {
  const path = join(await temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [path]);
  const writer = spawn('sh', ['-c', `printf '{"a":1}\\n{"a":2}\\n' > "$0"`, path]);
  onTestFinished(() => void writer.kill());
  const { source } = await open({ path });
  expect(await textsOf(source)).toEqual(['{"a":1}', '{"a":2}']);
  expect(source.ends?.()).toBeUndefined();
});

describe('a followed file', () => {
  async function follow(content: string) {
    const path = await fileOf(content);
    const { source, host } = await open({ path, follow: true }, { format: 'text' });
    const texts: string[] = [];
    const arrived = (expected: readonly string[]) =>
      vi.waitFor(
        () => {
          for (let run = source.poll(10, 1000); run !== undefined; run = source.poll(10, 1000))
            for (let index = 0; index < run.length; index++) texts.push(String(run.text(index)));
          expect(texts).toEqual(expected);
        },
        { timeout: 10_000 },
      );
    return { path, source, host, arrived };
  }

  test('goes on with what is appended, once the line is whole', async () => {
    const { path, source, host, arrived } = await follow('one\ntw');
    await arrived(['one']);
    await vi.waitFor(() => expect(host.statuses).toEqual([`${path} idle`]));
    await appendFile(path, 'o\nthree\n');
    await arrived(['one', 'two', 'three']);
    expect(host.statuses.slice(0, 2)).toEqual([`${path} idle`, `${path} active`]);
    expect(source.ended).toBe(false);
    expect(source.ends?.()).toBeUndefined();
  });

  test('is none that a pattern finds compressed', async () => {
    const path = await fileOf(gzipSync('one\n'), 'in.txt.gz');
    await expect(open({ path: path.replace('in.txt.gz', '*'), follow: true })).rejects.toThrow(
      expect.objectContaining({
        name: 'SpecError',
        message: 'a compressed file can not be followed',
        place: path,
      }),
    );
  });

  test('that is cut short ends the job', async () => {
    const { path, host, arrived } = await follow('one\ntwo\n');
    await arrived(['one', 'two']);
    await truncate(path, 4);
    await vi.waitFor(() => expect(host.failures[0]?.message).toContain('was cut short'), { timeout: 10_000 });
  });

  test('that is replaced ends the job', async () => {
    const { path, host, arrived } = await follow('one\n');
    await arrived(['one']);
    await writeFile(`${path}.new`, 'another\n');
    await rename(`${path}.new`, path);
    await vi.waitFor(() => expect(host.failures[0]?.message).toContain('was replaced'), { timeout: 10_000 });
  });
});
