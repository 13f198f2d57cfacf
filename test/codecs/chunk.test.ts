import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Chunker, MAX_ROW } from '../../src/codecs/chunk.ts';
import { FramedRecords } from '../../src/codecs/framed-records.ts';
import { type Framer, frameCsv, frameLines, MAX_QUOTED_ROW } from '../../src/codecs/framing.ts';

/** The rows of the text, cut into pieces of `piece` bytes on its way. */
function rowsOf(frame: Framer, text: string | Buffer, piece = 1 << 20, maxRow?: number) {
  const bytes = Buffer.from(text);
  const chunker = new Chunker(frame, 0, maxRow);
  const chunks = [];
  for (let at = 0; at < bytes.length; at += piece)
    chunks.push(...chunker.push(bytes.subarray(at, at + piece)));
  chunks.push(...chunker.end());
  return chunks.flatMap((chunk) => {
    const records = new FramedRecords('p', chunk, 0, chunk.starts.length);
    return chunk.starts.map((_, index) => ({
      bytes: Buffer.from(records.bytes(index)).toString(),
      offset: records.offset(index),
      next: records.next(index),
      records,
      index,
    }));
  });
}

const textsOf = (...given: Parameters<typeof rowsOf>) => rowsOf(...given).map(({ bytes }) => bytes);

describe('lines', () => {
  test.each([
    ['a\nb\n', ['a', 'b']],
    ['a\r\nb', ['a', 'b']],
    ['\n\na\n\r\n\nb\n\n', ['a', 'b']],
    ['', []],
    ['\ufeffa\nb', ['a', 'b']],
  ])('of %j are %j', (text, rows) => {
    expect(textsOf(frameLines, text)).toEqual(rows);
  });

  test('know where they start and where to resume: a\\n⏎ bc\\n ⏎ \\n ⏎ d', () => {
    const rows = rowsOf(frameLines, 'a\nbc\n\nd');
    expect(rows.map(({ offset, next }) => [offset, next])).toEqual([
      [0, 2],
      [2, 6],
      [6, 7],
    ]);
  });
});

describe('rows of CSV', () => {
  test.each([
    ['a,"b\nc",d\ne', ['a,"b\nc",d', 'e']],
    ['"x ""\n"" y"\nz\n', ['"x ""\n"" y"', 'z']],
    ['5" pipe\nb', ['5" pipe', 'b']],
    ['a,"never closed\nb\nc', ['a,"never closed', 'b', 'c']],
  ])('of %j are %j', (text, rows) => {
    expect(textsOf(frameCsv, text)).toEqual(rows);
  });

  test('a quote that does not close costs one line, however long the file is', () => {
    const line = `${'x'.repeat(99)}\n`;
    const rows = textsOf(frameCsv, `a,"broken\n${line.repeat((2 * MAX_QUOTED_ROW) / 100)}`, 64 * 1024);
    expect(rows[0]).toBe('a,"broken');
    expect(rows).toHaveLength(1 + Math.floor((2 * MAX_QUOTED_ROW) / 100));
  });
});

test.each([
  ['lines', frameLines],
  ['rows of CSV', frameCsv],
])('%s are the same however the bytes are cut', (_, frame) => {
  const unit = fc.constantFrom('a', 'é', '"', ',', '\n', '\r\n');
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (text, piece) => {
      const whole = rowsOf(frame, text);
      const pieces = rowsOf(frame, text, piece);
      expect(pieces.map(({ bytes, offset }) => [bytes, offset])).toEqual(
        whole.map(({ bytes, offset }) => [bytes, offset]),
      );
    }),
  );
});

test('a row that is too long is refused, and the next one is read', () => {
  const rows = rowsOf(frameLines, `${'x'.repeat(500)}\nnext\n`, 7, 100);
  expect(rows.map(({ offset, next }) => [offset, next])).toEqual([
    [0, 501],
    [501, 506],
  ]);
  expect(() => rows[0]!.records.text(0)).toThrow('the row is longer');
  expect(rows[0]!.bytes).toMatch(/^x+$/);
  expect(rows[1]!.bytes).toBe('next');
});

test('a row that is too long is refused also where it comes in one piece', () => {
  const [row] = rowsOf(frameLines, Buffer.alloc(MAX_ROW + 1, 'x'), MAX_ROW + 1);
  expect(() => row!.records.text(0)).toThrow('the row is longer');
});

test('bytes that are not UTF-8 are refused, the replacement character itself is not', () => {
  const [broken, whole] = rowsOf(frameLines, Buffer.from([0x61, 0xff, 10, 0xef, 0xbf, 0xbd, 10]));
  expect(() => broken!.records.text(broken!.index)).toThrow('the record is not UTF-8');
  expect(whole!.records.text(whole!.index)).toBe('\ufffd');
});
