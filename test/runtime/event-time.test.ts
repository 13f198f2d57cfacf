import { describe, expect, it } from 'vitest';
import type { JsonObject, Records } from '../../src/event.ts';
import { timeReader } from '../../src/runtime/event-time.ts';

const stamped = { timestamp: () => 42 } as unknown as Records;

function read(value: JsonObject | null, field: string | null = 'at', unit: 'ms' | 's' = 'ms') {
  return timeReader({ time: field, time_unit: unit })(value, stamped, 0);
}

describe('the event time', () => {
  it.each([
    ['epoch milliseconds', { at: 1_700_000_000_123 }, 'ms', 1_700_000_000_123],
    ['epoch seconds', { at: 1_700_000_000.5 }, 's', 1_700_000_000_500],
    ['seconds whose double is a little less than what was written', { at: 1.005 }, 's', 1005],
    ['seconds with microseconds, cut off', { at: 1_700_000_000.1239 }, 's', 1_700_000_000_123],
    ['a part of a millisecond, cut off', { at: 299_999.7 }, 'ms', 299_999],
    ['the text of a number, as in CSV', { at: '1700000000123' }, 'ms', 1_700_000_000_123],
    ['ISO 8601 with Z', { at: '2026-01-02T03:04:05.678Z' }, 'ms', Date.UTC(2026, 0, 2, 3, 4, 5, 678)],
    ['ISO 8601 with an offset', { at: '2026-01-02T03:04:05+02:00' }, 'ms', Date.UTC(2026, 0, 2, 1, 4, 5)],
    [
      'ISO 8601 without an offset, which is UTC',
      { at: '2026-01-02T03:04:05' },
      'ms',
      Date.UTC(2026, 0, 2, 3, 4, 5),
    ],
    ['a space for the T', { at: '2026-01-02 03:04:05' }, 'ms', Date.UTC(2026, 0, 2, 3, 4, 5)],
    ['a date alone', { at: '2026-01-02' }, 'ms', Date.UTC(2026, 0, 2)],
    ['a time before 1970', { at: -5 }, 'ms', -5],
    ['a date that the schema made', { at: new Date(1234) }, 'ms', 1234],
    ['such a date where numbers are seconds', { at: new Date(1234) }, 's', 1234],
  ] as const)('is read from %s', (_name, value, unit, expected) => {
    expect(read(value, 'at', unit)).toBe(expected);
  });

  it('is read from a nested field', () => {
    expect(read({ meta: { at: 7 } }, 'meta.at')).toBe(7);
  });

  it('is the record’s own where no field is named, and for a tombstone', () => {
    expect(read({ at: 7 }, null)).toBe(42);
    expect(read(null)).toBe(42);
  });

  it.each([
    ['missing', {}, 'the time field "at" is missing'],
    [
      'a list of what JSON.stringify refuses',
      { at: [12345678901234567890n] },
      'neither a number nor ISO 8601: [12345678901234567890]',
    ],
    ['null', { at: null }, 'the time field "at" is missing'],
    ['text', { at: 'yesterday' }, 'the time field "at" is neither a number nor ISO 8601: "yesterday"'],
    [
      'a day that is none',
      { at: '2026-13-45' },
      'the time field "at" is neither a number nor ISO 8601: "2026-13-45"',
    ],
    ['an object', { at: {} }, 'the time field "at" is neither a number nor ISO 8601: {}'],
  ] as const)('is refused when it is %s', (_name, value, message) => {
    expect(() => read(value)).toThrowError(message);
  });

  it.each([
    ['nanoseconds', { at: 1_700_000_000_000_000_000n }],
    ['the text of nanoseconds', { at: '1700000000000000000' }],
    ['a number beyond all dates', { at: 1e18 }],
    ['infinity', { at: Number.POSITIVE_INFINITY }],
  ])('is refused when it is %s: it would take the watermark with it', (_name, value) => {
    expect(() => read(value)).toThrowError(
      'further from the epoch than any date: is it in micro- or nanosec',
    );
  });

  it('is not read from what objects inherit', () => {
    expect(() => read({}, 'constructor')).toThrowError('missing');
  });
});
