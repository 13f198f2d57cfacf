import { expect, test } from 'vitest';
import { parseTable, quoteName, quoteTable, quoteText } from '../../../src/clients/cassandra/names.ts';

test('names and texts are quoted, whatever they hold', () => {
  expect(quoteName('odd"name')).toBe('"odd""name"');
  expect(quoteText("o'clock")).toBe("'o''clock'");
  expect(quoteTable({ keyspace: 'Ks', table: 't' })).toBe('"Ks"."t"');
});

test('a table is a keyspace and a name', () => {
  expect(parseTable('ks.events')).toEqual({ keyspace: 'ks', table: 'events' });
});

test.each(['events', 'a.b.c', '.t', 'ks.', 'ks.t;drop', 'ks."t"', `ks.${'t'.repeat(49)}`])(
  '%s is no table',
  (text) => {
    expect(parseTable(text)).toBeUndefined();
  },
);
