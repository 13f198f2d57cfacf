import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeJson, encodeJson, MAX_DEPTH } from '../../src/codecs/json.ts';
import type { JsonObject } from '../../src/event.ts';

describe('an integer', () => {
  test.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740993', -9007199254740993n],
    ['9007199254740993.0', 9007199254740993n],
    ['-9007199254740993.00', -9007199254740993n],
    ['123456789012345678901234567890', 123456789012345678901234567890n],
  ])('%s is kept exactly', (text, value) => {
    expect(decodeJson(`{"a":{"b":[${text}]}}`)).toEqual({ a: { b: [value] } });
  });

  test('with an exponent is a double, as is a number with a fraction', () => {
    const text = '{"a":1e20,"b":123456789012345678.5}';
    expect(decodeJson(text)).toEqual({ a: 1e20, b: 123456789012345680 });
  });

  test('is written as it was read', () => {
    const text = '{"a":12345678901234567890,"b":[9007199254740993,"9007199254740993"]}';
    expect(encodeJson(decodeJson(text))).toBe(text);
  });
});

describe('a record is refused', () => {
  const deep = `{"a":${'['.repeat(MAX_DEPTH)}${']'.repeat(MAX_DEPTH)}}`;
  test.each([
    ['an array', '[1]', 'expected a JSON object, not an array'],
    ['a number', '1', 'expected a JSON object, not a number'],
    ['null', 'null', 'expected a JSON object, not null'],
    ['broken JSON', '{"a":', 'invalid JSON'],
    ['a number beyond a double', '{"a":1e400}', 'out of range'],
    ['an integer that is endless', `{"a":${'9'.repeat(5000)}}`, 'out of range'],
    ['nesting beyond the limit', deep, `nested deeper than ${MAX_DEPTH}`],
    ['nesting beyond any stack', `{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}`, 'nested deeper'],
  ])('for %s', (_, text, message) => {
    expect(() => decodeJson(text)).toThrow(
      expect.objectContaining({
        name: 'DataError',
        code: 'decode',
        message: expect.stringContaining(message),
      }),
    );
  });
});

test('__proto__ is a field like any other', () => {
  const value = decodeJson('{"__proto__":{"admin":true},"id":9007199254740993}');
  expect(Object.keys(value)).toEqual(['__proto__', 'id']);
  expect(value.admin).toBeUndefined();
  expect(encodeJson(value)).toBe('{"__proto__":{"admin":true},"id":9007199254740993}');
});

test('numbers that are not finite are written as null, times as ISO 8601', () => {
  expect(encodeJson({ a: Number.NaN, b: Number.POSITIVE_INFINITY, c: new Date(0) })).toBe(
    '{"a":null,"b":null,"c":"1970-01-01T00:00:00.000Z"}',
  );
});

test('what JSON can say comes back the same', () => {
  const value = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }));
  fc.assert(
    fc.property(value, (given) => {
      const once = JSON.parse(JSON.stringify(given)) as JsonObject;
      expect(JSON.parse(encodeJson(decodeJson(JSON.stringify(given))))).toEqual(once);
    }),
  );
});
