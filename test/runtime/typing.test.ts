import { describe, expect, test } from 'vitest';
import { DataError } from '../../src/errors.ts';
import type { JsonObject } from '../../src/event.ts';
import { typing } from '../../src/runtime/typing.ts';

function typed(value: JsonObject, schema: Record<string, string>, time_unit: 'ms' | 's' = 'ms'): JsonObject {
  typing({ schema, time: 'at', time_unit })(value);
  return value;
}

describe('the schema of a source', () => {
  test('gives fields their types, and leaves the others', () => {
    const row = {
      amount: '7.50',
      n: ' 12 ',
      at: '2026-01-02T03:04:05Z',
      paid: 'TRUE',
      zip: '01234',
      raw: '1',
    };
    const schema = { amount: 'double', n: 'bigint', at: 'timestamp', paid: 'bool', zip: 'varchar' };
    expect(typed(row, schema)).toEqual({
      amount: 7.5,
      n: 12,
      at: new Date(Date.UTC(2026, 0, 2, 3, 4, 5)),
      paid: true,
      zip: '01234',
      raw: '1',
    });
  });

  test('keeps integers to the last digit', () => {
    expect(typed({ n: '9007199254740993' }, { n: 'integer' })).toEqual({ n: 9007199254740993n });
  });

  test('leaves what is NULL or not there, and takes an empty text for NULL, but of a text', () => {
    expect(typed({ a: null, b: '', c: '' }, { a: 'double', b: 'double', c: 'text', d: 'integer' })).toEqual({
      a: null,
      b: null,
      c: '',
    });
  });

  test('takes a number, or its text, for a time: in the unit of the event time where it is that', () => {
    const schema = { at: 'timestamp', other: 'timestamp' };
    const date = new Date(1_700_000_000_500);
    const millis = { at: 1_700_000_000_500, other: '1700000000500' };
    expect(typed(millis, schema)).toEqual({ at: date, other: date });
    const seconds = { at: '1700000000.5', other: 1_700_000_000_500 };
    expect(typed(seconds, schema, 's')).toEqual({ at: date, other: date });
    expect(() => typed({ at: 1e18 }, schema)).toThrow("can't cast");
  });

  test('makes a text of what a text is asked for', () => {
    expect(typed({ zip: 1234, tags: ['a'] }, { zip: 'text', tags: 'text' })).toEqual({
      zip: '1234',
      tags: '["a"]',
    });
  });

  test('refuses what has no such value, with the field', () => {
    const wrong = () => typed({ amount: '7,50' }, { amount: 'double' });
    expect(wrong).toThrow(DataError);
    expect(wrong).toThrow("field \"amount\" of the schema: can't cast the text '7,50' to DOUBLE");
  });

  test('reaches no field that an object has by nature', () => {
    expect(typed({ a: '1' }, { constructor: 'text', a: 'integer' })).toEqual({ a: 1 });
  });
});
