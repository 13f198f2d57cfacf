import { expect, test } from 'vitest';
import { parseUri } from '../../../src/component/uri.ts';
import { fileSource } from '../../../src/sources/file/definition.ts';

const read = (uri: string) => fileSource.options.strict().parse(fileSource.fromUri(parseUri(uri, 'stdin')));

test.each([
  ['events.jsonl', { path: 'events.jsonl', follow: false }],
  ['file:logs/*.csv.gz', { path: 'logs/*.csv.gz', follow: false }],
  ['file:///var/log/app.log?follow', { path: '/var/log/app.log', follow: true }],
  ['file:app.log?follow=false&compression=gzip', { path: 'app.log', follow: false, compression: 'gzip' }],
  ['file:a%23b.jsonl', { path: 'a#b.jsonl', follow: false }],
])('%s', (uri, options) => {
  expect(read(uri)).toEqual(options);
  expect(fileSource.options.parse(read(uri))).toEqual(options);
});

test.each(['file:a.jsonl#part', 'file:a.jsonl?folow', 'file:a.jsonl?follow=maybe', 'file:'])(
  '%s is refused',
  (uri) => {
    expect(() => read(uri)).toThrow();
  },
);

test.each([['file:a.jsonl.gz?follow'], ['file:logs/*.GZ?follow'], ['file:a.jsonl?follow&compression=gzip']])(
  '%s is refused: what is appended to gzip can not be followed',
  (uri) => {
    expect(fileSource.options.safeParse(fileSource.fromUri(parseUri(uri, 'stdin'))).error?.issues).toEqual([
      expect.objectContaining({ path: ['follow'], message: expect.stringContaining('without compression') }),
    ]);
  },
);

test('a file that is named like gzip and is none can be followed', () => {
  const uri = 'file:a.jsonl.gz?follow&compression=none';
  expect(read(uri)).toMatchObject({ follow: true, compression: 'none' });
});
