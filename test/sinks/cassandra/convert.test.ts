import { types } from 'cassandra-driver';
import { expect, test } from 'vitest';
import { DataError } from '../../../src/errors.ts';
import type { JsonObject, Value } from '../../../src/event.ts';
import { converterOf, growsWhenRepeated, nameOf } from '../../../src/sinks/cassandra/convert.ts';
import { columnType } from './table.ts';

function convert(type: string, value: Value): unknown {
  return converterOf(columnType(type))(value);
}

function hex(value: unknown): string {
  return (value as Buffer).toString('hex');
}

test.each<[string, Value, unknown]>([
  ['text', '', ''],
  ['text', 'née 🎉', 'née 🎉'],
  ['ascii', 'plain', 'plain'],
  ['boolean', false, false],
  ['int', 2147483647, 2147483647],
  ['int', -2147483648n, -2147483648],
  ['tinyint', -128, -128],
  ['double', 1e300, 1e300],
  ['double', 9007199254740992n, 9007199254740992],
  ['float', 1.5, 1.5],
])('%s takes %o', (type, value, expected) => {
  expect(convert(type, value)).toBe(expected);
});

test.each<[string, Value, string]>([
  ['bigint', -2, 'fffffffffffffffe'],
  ['bigint', '9223372036854775807', '7fffffffffffffff'],
  ['bigint', 2n ** 53n, '0020000000000000'],
  ['varint', '+128', '0080'],
  ['varint', 2n ** 64n, '010000000000000000'],
  ['decimal', 1.25, '000000027d'],
  ['decimal', '-0.10', '00000002f6'],
  ['decimal', 1e21, 'ffffffeb01'],
  ['decimal', 1e-7, '0000000701'],
  ['timestamp', 1, '0000000000000001'],
  ['timestamp', '1970-01-01 00:00:01', '00000000000003e8'],
  ['timestamp', new Date(-1), 'ffffffffffffffff'],
  ['date', '1970-01-02', '80000001'],
  ['date', new Date(-1), '7fffffff'],
  ['time', '00:00:00.000000001', '0000000000000001'],
  ['uuid', '0F1E2D3C-0000-4000-8000-000000000001', '0f1e2d3c000040008000000000000001'],
  ['inet', '127.0.0.1', '7f000001'],
  ['inet', '::ffff:1.2.3.4', '00000000000000000000ffff01020304'],
  ['inet', 'fe80::1', 'fe800000000000000000000000000001'],
  ['blob', '0xCAFE', 'cafe'],
  ['blob', '0x', ''],
  ['blob', 'yv4=', 'cafe'],
  ['blob', 'yv4', 'cafe'],
  ['list<int>', [], '00000000'],
])('%s takes %o as the bytes %s', (type, value, expected) => {
  expect(hex(convert(type, value))).toBe(expected);
});

test.each<[string, Value, string]>([
  ['text', 1, 'expected text, got number 1'],
  ['text', '\ud800', 'expected text of whole characters, got string "\\ud800"'],
  ['text', ['a'], 'expected text, got an array'],
  ['ascii', 'é', 'expected ascii, got string "é"'],
  ['boolean', 1, 'expected boolean, got number 1'],
  ['boolean', 'true', 'expected boolean, got string "true"'],
  ['int', '1', 'expected int, got string "1"'],
  ['int', 1.5, 'expected int, got number 1.5'],
  ['int', Number.NaN, 'expected int, got number NaN'],
  ['int', 2147483648, 'expected int (-2147483648 to 2147483647), got number 2147483648'],
  ['tinyint', 128, 'expected tinyint (-128 to 127), got number 128'],
  ['bigint', '1.0', 'expected bigint, got string "1.0"'],
  ['bigint', 2 ** 60, 'expected an exact bigint, got number 1152921504606847000'],
  ['bigint', 2n ** 63n, 'expected bigint (64 bits), got bigint 9223372036854775808'],
  ['varint', '0x10', 'expected varint, got string "0x10"'],
  ['varint', '9'.repeat(100_000), `expected varint, got string "${'9'.repeat(40)}…"`],
  ['decimal', '1,5', 'expected decimal, got string "1,5"'],
  ['decimal', Number.POSITIVE_INFINITY, 'expected decimal, got number Infinity'],
  ['double', 'abc', 'expected double, got string "abc"'],
  ['double', '1', 'expected double, got string "1"'],
  ['double', 2n ** 53n + 1n, 'expected an exact double, got bigint 9007199254740993'],
  ['float', 1e39, 'expected float (32 bits), got number 1e+39'],
  [
    'timestamp',
    'yesterday',
    'expected timestamp (whole milliseconds since 1970, or ISO 8601), got string "yesterday"',
  ],
  ['timestamp', 1.5, 'expected timestamp (whole milliseconds since 1970, or ISO 8601), got number 1.5'],
  ['timestamp', 1e300, 'expected timestamp (whole milliseconds since 1970, or ISO 8601), got number 1e+300'],
  [
    'timestamp',
    new Date(Number.NaN),
    'expected timestamp (whole milliseconds since 1970, or ISO 8601), got time invalid',
  ],
  ['date', 19000, 'expected date (such as 2024-02-29), got number 19000'],
  ['time', '25:00', 'expected time (such as 13:30:54.123), got string "25:00"'],
  ['duration', 'soon', 'expected duration (such as 1h30m or P1Y2M), got string "soon"'],
  ['duration', '1h nonsense', 'expected duration (such as 1h30m or P1Y2M), got string "1h nonsense"'],
  ['duration', '999999999999h', 'expected duration (such as 1h30m or P1Y2M), got string "999999999999h"'],
  ['uuid', 'no-uuid', 'expected uuid, got string "no-uuid"'],
  [
    'timeuuid',
    '0f1e2d3c-0000-4000-8000-000000000001',
    'expected timeuuid, got string "0f1e2d3c-0000-4000-8000-000000000001"',
  ],
  ['inet', '300.1.1.1', 'expected inet, got string "300.1.1.1"'],
  ['inet', 'fe80::1%eth0', 'expected inet, got string "fe80::1%eth0"'],
  ['blob', 'not base64!', 'expected blob (base64, or hexadecimal after 0x), got string "not base64!"'],
  ['list<int>', 'abc', 'expected list<int>, got string "abc"'],
  ['list<int>', [1, 'b'], 'expected int, got string "b"'],
  ['list<int>', [1, null], 'expected no null inside list<int>, got null'],
  ['set<text>', { a: 1 }, 'expected set<text>, got an object'],
  ['map<text, int>', [1], 'expected map<text, int>, got an array'],
  ['map<text, int>', new Date(0), 'expected map<text, int>, got time 1970-01-01T00:00:00.000Z'],
  ['map<int, text>', { one: 'a' }, 'expected int, got string "one"'],
  ['map<text, int>', { a: null }, 'expected no null inside map<text, int>, got null'],
  ['tuple<int, text>', [1], 'expected tuple<int, text> as an array of 2, got an array'],
  ['vector<float, 3>', [1, 2], 'expected vector<float, 3> as an array of 3, got an array'],
])('%s refuses %o: %s', (type, value, message) => {
  expect(() => convert(type, value)).toThrow(new DataError('type', message));
});

test('the keys of a map are read from their text', () => {
  const keys = (type: string, map: JsonObject) => [...(convert(type, map) as Map<unknown, unknown>).keys()];
  expect(keys('map<int, int>', { 7: 1 })).toEqual([7]);
  expect(keys('map<double, int>', { '1.5': 1 })).toEqual([1.5]);
  expect(keys('map<boolean, int>', { true: 1 })).toEqual([true]);
  expect(keys('map<timestamp, int>', { '1000': 1 }).map(hex)).toEqual(['00000000000003e8']);
  expect(keys('map<bigint, int>', { '-2': 1 }).map(hex)).toEqual(['fffffffffffffffe']);
});

test('a key called __proto__ is a key like any other', () => {
  const value = JSON.parse('{"__proto__": "x", "constructor": "y"}');
  expect(convert('map<text, text>', value)).toEqual(
    new Map([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]),
  );
});

test('collections nest', () => {
  expect(convert('map<text, frozen<list<int>>>', { a: [1, 2], b: [] })).toEqual(
    new Map<string, unknown>([
      ['a', [1, 2]],
      ['b', Buffer.alloc(4)],
    ]),
  );
});

test('a tuple may hold null', () => {
  expect(convert('tuple<int, text>', [null, 'a'])).toEqual(types.Tuple.fromArray([null, 'a']));
});

const address = {
  code: types.dataTypes.udt,
  info: {
    name: 'address',
    fields: [
      { name: 'street', type: columnType('text') },
      { name: 'toString', type: columnType('int') },
    ],
  },
};

test('a user-defined type takes own fields only, and absent ones are null', () => {
  expect(converterOf(address)({ street: 'Main' })).toEqual({ street: 'Main', toString: null });
});

test('a user-defined type refuses a field that it does not have', () => {
  expect(() => converterOf(address)(JSON.parse('{"__proto__": 1}'))).toThrow(
    'expected address without a field "__proto__", got an object',
  );
});

test('a type that nobody knows takes null only', () => {
  expect(() => converterOf({ code: 0, info: 'org.example.Odd' })('x')).toThrow(
    "values of type org.example.Odd can't",
  );
});

test('only a list that is not frozen grows when it is written twice', () => {
  expect(growsWhenRepeated(columnType('list<int>'))).toBe(true);
  expect(growsWhenRepeated(columnType('frozen<list<int>>'))).toBe(false);
  expect(growsWhenRepeated(columnType('map<text, frozen<list<int>>>'))).toBe(false);
});

test('a type is named as in CQL', () => {
  const text = 'map<text, frozen<tuple<int, frozen<set<uuid>>>>>';
  expect(nameOf(columnType(text))).toBe(text);
  expect(nameOf(columnType('varchar'))).toBe('text');
  expect(nameOf(columnType('vector<float, 3>'))).toBe('vector<float, 3>');
});
