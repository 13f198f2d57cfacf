import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { StdinSource } from '../../../src/sources/stdin/source.ts';
import { TestSourceHost } from '../../contracts/host.ts';
import { drain } from '../../contracts/source.ts';

const lines = Array.from({ length: 12 }, (_, index) => `{"index":${index}}`);

test('standard input gives the lines of whatever pieces come, the last one without a line end too', async () => {
  const text = lines.join('\n');
  const pieces = Array.from({ length: Math.ceil(text.length / 5) }, (_, index) =>
    text.slice(index * 5, index * 5 + 5),
  );
  const source = new StdinSource(Readable.from(pieces.map((piece) => Buffer.from(piece))), 'json');
  await source.open({}, new TestSourceHost());
  expect((await drain(source, 5, 1000)).map((read) => read.text)).toEqual(lines);
});

test('a line arrives before the input ends', async () => {
  const stream = new PassThrough();
  const source = new StdinSource(stream, 'text');
  await source.open({}, new TestSourceHost());
  stream.write('one\ntw');
  await source.ready(new AbortController().signal);
  expect(source.poll(10, 1000)?.length).toBe(1);
  expect(source.ended).toBe(false);
  await source.close();
});

test('a recovered job counts on, so that new events do not look like old ones', async () => {
  const source = new StdinSource(Readable.from([Buffer.from('id,name\n1,one\n')]), 'csv');
  await source.open({ 0: 1000 }, new TestSourceHost({ 0: 1000 }));
  expect((await drain(source, 5, 1000)).map(({ offset, next }) => [offset, next])).toEqual([[1008, 1014]]);
});

test('an input that breaks ends the job', async () => {
  const stream = new PassThrough();
  const source = new StdinSource(stream, 'text');
  const host = new TestSourceHost();
  await source.open({}, host);
  stream.destroy(new Error('the terminal is gone'));
  await expect.poll(() => host.failures[0]?.message).toBe('the terminal is gone');
});

test('closing while nothing comes is no failure', async () => {
  const source = new StdinSource(new PassThrough(), 'text');
  const host = new TestSourceHost();
  await source.open({}, host);
  await source.close();
  await new Promise((resolve) => setImmediate(resolve));
  expect(host.failures).toEqual([]);
});
