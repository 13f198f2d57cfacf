import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dateOfDays, decimal, int64, int64OfNumber, varint } from '../../../src/sinks/cassandra/bytes.ts';

test('a number is written as the same 64 bits as the bigint', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      expect(int64OfNumber(value)).toEqual(int64(BigInt(value)));
    }),
  );
});

test('a varint reads back as it was, in as few bytes as it takes', () => {
  fc.assert(
    fc.property(fc.bigInt(), (value) => {
      const bytes = varint(value);
      expect(BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`))).toBe(value);
      expect(BigInt.asIntN((bytes.length - 1) * 8, value) === value && bytes.length > 1).toBe(false);
    }),
  );
});

test.each([
  [0n, '00'],
  [-1n, 'ff'],
  [127n, '7f'],
  [128n, '0080'],
  [-128n, '80'],
  [-129n, 'ff7f'],
])('the varint %s is %s', (value, hex) => {
  expect(varint(value).toString('hex')).toBe(hex);
});

test('a decimal is its scale and its digits', () => {
  expect(decimal(12345n, 2).toString('hex')).toBe('000000023039');
  expect(decimal(-1n, -3).toString('hex')).toBe('fffffffdff');
});

test('the epoch is in the middle of the dates', () => {
  expect(dateOfDays(0).toString('hex')).toBe('80000000');
  expect(dateOfDays(-1).toString('hex')).toBe('7fffffff');
});
