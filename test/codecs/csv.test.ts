import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeRow, encodeHeader, encodeRow, readHeader } from '../../src/codecs/csv.ts';
import { codecs } from '../../src/codecs/index.ts';
import { RowReader, recordsOf } from '../../src/codecs/rows.ts';
import type { JsonObject } from '../../src/event.ts';

describe('a row', () => {
  test.each([
    ['a,b,c', ['a', 'b', 'c']],
    [',,', ['', '', '']],
    ['"a,b",c,"d ""e"""', ['a,b', 'c', 'd "e"']],
    ['"",x,""', ['', 'x', '']],
    ['"two\nlines",b,c', ['two\nlines', 'b', 'c']],
    ['5" pipe,a"b",c', ['5" pipe', 'a"b"', 'c']],
    [' a , b,c ', [' a ', ' b', 'c ']],
  ])('%j has the fields %j', (text, fields) => {
    expect(Object.values(decodeRow(['x', 'y', 'z'], text))).toEqual(fields);
  });

  test.each([
    ['a', 'the header has 2 columns, the row 1'],
    ['a,b,c', 'the header has 2 columns, the row 3'],
    ['"a"b,c', 'text follows the closing quote of a field'],
    ['a,"b', 'a quoted field is not closed'],
  ])('%j is refused', (text, message) => {
    expect(() => decodeRow(['x', 'y'], text)).toThrow(
      expect.objectContaining({ name: 'DataError', code: 'decode', message }),
    );
  });

  test('comes back as it was written, whatever its fields hold', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é') }), { minLength: 1 }),
        (fields) => {
          const columns = fields.map((_, index) => `column${index}`);
          const row = Object.fromEntries(fields.map((field, index) => [columns[index]!, field]));
          const file = Buffer.from(codecs.csv.encoder({}).encode(row));
          const reader = new RowReader({ partition: 'file', format: 'csv', start: 0, resume: 0 });
          const rows = [...reader.take(file), ...reader.end()].map((each) => recordsOf(each, 0, 1));
          expect(rows.map((each) => each.value?.(0))).toEqual([row]);
        },
      ),
    );
  });
});

describe('a header', () => {
  test('names columns, and numbers those without a name', () => {
    expect(readHeader('id, name ,,"a,b"')).toEqual(['id', 'name', 'column3', 'a,b']);
  });

  test.each(['id,name,id', 'id,__proto__'])('%s is refused', (text) => {
    expect(() => readHeader(text)).toThrow(expect.objectContaining({ name: 'SpecError' }));
  });
});

describe('the encoder', () => {
  test('takes the header from the first row and refuses fields that it lacks', () => {
    const encoder = codecs.csv.encoder({});
    expect(encoder.encode({ id: 1, name: 'a,b' })).toBe('id,name\n1,"a,b"\n');
    expect(encoder.encode({ id: 2 })).toBe('2,\n');
    expect(() => encoder.encode({ id: 3, city: 'Bern' })).toThrow('the header has no column "city"');
  });

  test('writes the columns that are named, and no others', () => {
    const encoder = codecs.csv.encoder({ columns: ['b', 'a'] });
    expect(encoder.encode({ a: 1, b: null, c: 3 })).toBe('b,a\n,1\n');
  });

  test('writes no second header when it goes on', () => {
    const encoder = codecs.csv.encoder({ header: ['a'] });
    expect(encoder.encode({ a: 1 })).toBe('1\n');
  });

  test('writes an only column that is empty as a row that is no blank line', () => {
    const encoder = codecs.csv.encoder({});
    expect(['x', null, '', Number.NaN].map((a) => encoder.encode({ a })).join('')).toBe('a\nx\n""\n""\n""\n');
    expect(encoder.encode({})).toBe('""\n');
    expect(codecs.csv.encoder({}).encode({ '': 1 })).toBe('""\n1\n');
  });

  test('goes on below a header that was read without the spaces around its names', () => {
    const encoder = codecs.csv.encoder({ header: readHeader(' a ,b') });
    expect(encoder.encode({ ' a ': 1, b: 2 })).toBe('1,2\n');
    expect(encoder.encode({ b: 2, a: 1 })).toBe('1,2\n');
    expect(() => encoder.encode({ a: 1, ' a ': 2 })).toThrow('the header has no column " a "');
    const chosen = codecs.csv.encoder({ header: readHeader(' a ,b'), columns: [' a ', 'b'] });
    expect(chosen.encode({ ' a ': 1, b: 2, c: 3 })).toBe('1,2\n');
  });

  test('writes nested values as JSON', () => {
    const row: JsonObject = { a: { b: [1, 2n ** 60n] }, c: true, d: Number.NaN, e: new Date(0) };
    expect(encodeRow(['a', 'c', 'd', 'e'], row)).toBe(
      '"{""b"":[1,1152921504606846976]}",true,,1970-01-01T00:00:00.000Z',
    );
    expect(encodeHeader(['a', 'c"'])).toBe('a,"c"""');
  });
});
