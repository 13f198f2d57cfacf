import { expect, test } from 'vitest';
import { parseUri } from '../../../src/component/uri.ts';
import { sqliteSink } from '../../../src/sinks/sqlite/definition.ts';

const read = (uri: string) => sqliteSink.options.strict().parse(sqliteSink.fromUri(parseUri(uri, 'stdout')));

test.each([
  ['sqlite:out.db#events', { path: 'out.db', table: 'events' }],
  ['sqlite:///data/out.db#my%20table', { path: '/data/out.db', table: 'my table' }],
  ['sqlite:out.db?table=events', { path: 'out.db', table: 'events' }],
])('%s', (uri, options) => {
  expect(read(uri)).toEqual(options);
});

test.each(['sqlite:out.db', 'sqlite:#events', 'sqlite:out.db?tabel=x#events'])('%s is refused', (uri) => {
  expect(() => read(uri)).toThrow();
});

test('rows live in the database that the checkpoint must live in', () => {
  const options = read('sqlite:out.db#events');
  expect(sqliteSink.mode(options)).toBe('joined');
  expect(sqliteSink.joinedFile?.(options)).toBe('out.db');
  expect(sqliteSink.target(options)).toBe('out.db#events');
});
