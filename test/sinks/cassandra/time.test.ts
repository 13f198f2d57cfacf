import { expect, test } from 'vitest';
import { parseDay, parseInstant, parseTimeOfDay } from '../../../src/sinks/cassandra/time.ts';

test.each([
  ['2024-02-29', Date.UTC(2024, 1, 29)],
  ['2024-02-29T13:30', Date.UTC(2024, 1, 29, 13, 30)],
  ['2024-02-29 13:30:05', Date.UTC(2024, 1, 29, 13, 30, 5)],
  ['2024-02-29T13:30:05.123456789Z', Date.UTC(2024, 1, 29, 13, 30, 5, 123)],
  ['2024-02-29T13:30:05.5+02:00', Date.UTC(2024, 1, 29, 11, 30, 5, 500)],
  ['2024-02-29T13:30:05-0330', Date.UTC(2024, 1, 29, 17, 0, 5)],
  ['1969-12-31T23:59:59.999Z', -1],
  ['0001-01-01', Date.parse('0001-01-01T00:00:00Z')],
])('%s is a point in time, in UTC without an offset', (text, millis) => {
  expect(parseInstant(text)).toBe(millis);
});

test.each([
  '',
  'now',
  '1700000000000',
  '2023-02-29',
  '2024-13-01',
  '2024-02-29T24:00',
  '2024-02-29T13',
  '2024-2-9',
])('%j is no point in time', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});

test.each([
  ['1970-01-02', 1],
  ['1969-12-31', -1],
])('%s is a day', (text, days) => {
  expect(parseDay(text)).toBe(days);
});

test('a day with a time, or one that there never was, is no day', () => {
  expect(parseDay('2024-02-29T00:00')).toBeUndefined();
  expect(parseDay('2023-02-29')).toBeUndefined();
});

test('a time of day counts nanoseconds', () => {
  expect(parseTimeOfDay('00:00:01.5')).toBe(1_500_000_000n);
  expect(parseTimeOfDay('23:59:59.999999999')).toBe(86_399_999_999_999n);
  expect(parseTimeOfDay('24:00')).toBeUndefined();
});
