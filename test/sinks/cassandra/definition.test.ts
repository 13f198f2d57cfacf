import { expect, test } from 'vitest';
import { parseUri } from '../../../src/component/uri.ts';
import { cassandraSink } from '../../../src/sinks/cassandra/definition.ts';

function read(uri: string) {
  return cassandraSink.options.parse(cassandraSink.fromUri(parseUri(uri, 'stdout')));
}

test.each(cassandraSink.examples)('the example %s is valid', (uri) => {
  expect(read(uri)).toMatchObject({ table: 'analytics.page_views' });
});

test('a URI holds hosts, table and options', () => {
  expect(read('cassandra://h1:9042,h2/ks.events?dc=dc1&ttl=1d&consistency=LOCAL_ONE')).toMatchObject({
    contact_points: ['h1:9042', 'h2'],
    table: 'ks.events',
    local_dc: 'dc1',
    ttl: 86_400,
    consistency: 'local_one',
  });
});

test.each([
  ['cassandra://h/ks.t?tll=1d', '"tll" has no meaning in cassandra://h/ks.t?tll=1d'],
  ['cassandra://h/ks.t?password=secret', 'a URI holds no password'],
  ['cassandra://h/events', 'must be keyspace.table'],
  ['cassandra://h/ks.t?ttl=30y', 'must be a duration'],
  ['cassandra://h/ks.t?ttl=9999d', 'must be at most 20 years'],
  ['cassandra://h/ks.t?consistency=most', 'must be one of any'],
])('%s is refused: %s', (uri, message) => {
  expect(() => read(uri)).toThrow(message);
});

test('what the schema gives out is valid and the same again', () => {
  const options = cassandraSink.options.parse({
    table: 'ks.t',
    schema: { a: 'int' },
    partition_key: 'a',
    clustering_key: 'b desc, c',
    ttl: '2h',
    replication: { dc1: 3 },
    tls: { ca: '/ca.pem' },
    columns: { a: 'b.c' },
  });
  expect(cassandraSink.options.parse(options)).toEqual(options);
  expect(options).toMatchObject({ ttl: 7200, clustering_key: ['b desc', 'c'], tls: { verify: true } });
});

test('a wrong schema is found before anything runs', () => {
  expect(() => cassandraSink.options.parse({ table: 'ks.t', schema: 'a strng' })).toThrow('unknown type');
});

test('the standard environment variables are read', () => {
  const environment = {
    CASSANDRA_CONTACT_POINTS: 'h1:9042,h2:9043',
    CASSANDRA_LOCAL_DC: 'dc1',
    CASSANDRA_USERNAME: 'u',
    CASSANDRA_PASSWORD: 'p',
  };
  expect(cassandraSink.fromEnvironment?.(environment)).toEqual({
    contact_points: ['h1:9042', 'h2:9043'],
    local_dc: 'dc1',
    username: 'u',
    password: 'p',
  });
  expect(cassandraSink.fromEnvironment?.({})).toEqual({});
});

test('two sinks of one job must not share a table', () => {
  expect(cassandraSink.target(read('cassandra://h/ks.t'))).toBe('cassandra:ks.t');
});
