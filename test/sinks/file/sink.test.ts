import { appendFile, lstat, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Format } from '../../../src/component/define.ts';
import { fileSink } from '../../../src/sinks/file/definition.ts';
import { eventsOf } from '../../contracts/events.ts';
import { temporaryFolder } from '../../contracts/folder.ts';
import { testSinkHost } from '../../contracts/host.ts';

const signal = new AbortController().signal;

function build(path: string, options: object = {}, format: Format = 'json') {
  const parsed = fileSink.options.parse({ path, ...options });
  return fileSink.build(parsed, { name: 'out', job: 'test', format, identity: [] });
}

/** Opens, writes one batch, closes. */
async function writeOnce(
  path: string,
  values: Parameters<typeof eventsOf>[0],
  options: object = {},
  format?: Format,
) {
  const sink = await build(path, options, format);
  await sink.open(null, testSinkHost());
  await sink.write(eventsOf(values), signal);
  const token = await sink.prepare();
  await sink.close();
  return token;
}

describe('a fresh start', () => {
  test('replaces the file, and leaves nothing else in the folder', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'out.jsonl');
    await writeFile(path, 'old\n', { mode: 0o640 });
    await writeOnce(path, [{ id: 1 }]);
    expect(await readFile(path, 'utf8')).toBe('{"id":1}\n');
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(await readdir(folder)).toEqual(['out.jsonl']);
  });

  test('makes the folder', async () => {
    const path = join(await temporaryFolder(), 'a', 'b', 'out.jsonl');
    await writeOnce(path, [{ id: 1 }]);
    expect(await readFile(path, 'utf8')).toBe('{"id":1}\n');
  });

  test('with append keeps the file, and ends a last line that has no end', async () => {
    const path = join(await temporaryFolder(), 'out.jsonl');
    await writeFile(path, '{"id":0}');
    expect(await writeOnce(path, [{ id: 1 }], { append: true })).toEqual({ length: 18 });
    expect(await readFile(path, 'utf8')).toBe('{"id":0}\n{"id":1}\n');
  });

  test('with append to CSV takes the header that is there', async () => {
    const path = join(await temporaryFolder(), 'out.csv');
    await writeFile(path, 'name,id\none,1\n');
    await writeOnce(path, [{ id: 2, name: 'two' }], { append: true }, 'csv');
    expect(await readFile(path, 'utf8')).toBe('name,id\none,1\ntwo,2\n');
  });
});

describe('a recovery', () => {
  test('is not disturbed by a former run that still writes', async () => {
    const path = join(await temporaryFolder(), 'out.jsonl');
    const former = await build(path);
    await former.open(null, testSinkHost());
    await former.write(eventsOf([{ id: 1 }]), signal);
    const token = await former.prepare();

    const recovered = await build(path);
    await recovered.open(token, testSinkHost());
    await former.write(eventsOf([{ id: 666 }]), signal);
    await recovered.write(eventsOf([{ id: 2 }]), signal);
    await Promise.all([former.close(), recovered.close()]);
    expect(await readFile(path, 'utf8')).toBe('{"id":1}\n{"id":2}\n');
  });

  test('of a file that has become shorter is refused', async () => {
    const path = join(await temporaryFolder(), 'out.jsonl');
    const token = await writeOnce(path, [{ id: 1 }]);
    await truncate(path, 3);
    const sink = await build(path);
    await expect(sink.open(token, testSinkHost())).rejects.toThrow('is shorter than 9 bytes');
    await sink.close();
  });

  test('replaces the file behind a link, not the link', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'real.jsonl'), '');
    const link = join(folder, 'link.jsonl');
    await symlink('real.jsonl', link);
    const token = await writeOnce(link, [{ id: 1 }]);
    await appendFile(link, 'half a li');
    const sink = await build(link);
    await sink.open(token, testSinkHost());
    await sink.close();
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await readFile(join(folder, 'real.jsonl'), 'utf8')).toBe('{"id":1}\n');
  });
});

describe('a file that can not be written', () => {
  test('because the disk is full says so', async () => {
    const sink = await build('/dev/full');
    await sink.open(null, testSinkHost());
    await expect(sink.write(eventsOf([{ id: 1 }]), signal)).rejects.toThrow(
      expect.objectContaining({ name: 'UnreachableError', message: '/dev/full: the disk is full' }),
    );
    await sink.close();
  });

  test('because it is a folder says so', async () => {
    const folder = await temporaryFolder();
    const sink = await build(folder);
    await expect(sink.open(null, testSinkHost())).rejects.toThrow(`${folder}: it is a folder`);
  });
});

test('a device stays what it is, and has no length', async () => {
  expect(await writeOnce('/dev/null', [{ id: 1 }])).toBeNull();
  expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
});

test('integers beyond 2^53 are written exactly', async () => {
  const path = join(await temporaryFolder(), 'out.jsonl');
  await writeOnce(path, [{ id: 2n ** 63n }]);
  expect(await readFile(path, 'utf8')).toBe('{"id":9223372036854775808}\n');
});
