import { DataError } from '../../errors.ts';
import type { Value } from '../../event.ts';
import { parseTimestamp } from '../timestamps.ts';
import { millisOf, typeError } from '../values.ts';
import { addTo, differenceIn, formatOf, readingOf, truncateTo, unitOf } from './calendar.ts';
import { defineFunction, defineSpecial, type FunctionDefinition } from './define.ts';
import { any, integer, number, parsed, timestamp } from './parameters.ts';

/** All times are UTC. */
export const timeFunctions: readonly FunctionDefinition[] = [
  defineSpecial({
    name: 'now',
    signature: 'now()',
    summary: 'the time of day: a job that uses it gives other results when it is run again',
    least: 0,
    most: 0,
    deterministic: false,
    examples: [["now() > TIMESTAMP '2020-01-01'", 'true']],
    compile:
      ({ clock }) =>
      () =>
        new Date(clock.now()),
  }),
  defineFunction({
    name: 'to_timestamp',
    summary: 'a timestamp from ISO 8601 (without an offset: UTC) or from epoch ms',
    parameters: [any('value')],
    examples: [
      ["to_timestamp('2026-01-31 12:00:00')", '"2026-01-31T12:00:00.000Z"'],
      ["to_timestamp('2026-01-31T12:00:00+02:00')", '"2026-01-31T10:00:00.000Z"'],
    ],
    evaluate: (value) => {
      const at = typeof value === 'string' ? parseTimestamp(value) : millisOf(value);
      if (at === undefined) throw typeError('to_timestamp: neither ISO 8601 nor a number', value);
      return dateOf(at);
    },
  }),
  defineFunction({
    name: 'from_epoch',
    aliases: ['from_unixtime'],
    summary: 'a timestamp from epoch seconds',
    parameters: [number('seconds')],
    examples: [['from_epoch(86400)', '"1970-01-02T00:00:00.000Z"']],
    evaluate: (seconds) => dateOf(Math.round(seconds * 1000)),
  }),
  defineFunction({
    name: 'epoch',
    summary: 'seconds since 1970, with fractions',
    parameters: [timestamp('time')],
    examples: [["epoch('1970-01-02T00:00:00.500Z')", '86400.5']],
    evaluate: (time) => time / 1000,
  }),
  defineFunction({
    name: 'epoch_ms',
    summary: 'milliseconds since 1970',
    parameters: [timestamp('time')],
    examples: [["epoch_ms('1970-01-02')", '86400000']],
    evaluate: (time) => time,
  }),
  defineFunction({
    name: 'date_trunc',
    summary: 'the start of the year, quarter, month, week (Monday), day, hour, minute or second',
    parameters: [parsed('unit', unitOf), timestamp('time')],
    examples: [
      ["date_trunc('hour', '2026-01-31T12:34:56Z')", '"2026-01-31T12:00:00.000Z"'],
      ["date_trunc('week', '2026-01-31')", '"2026-01-26T00:00:00.000Z"'],
    ],
    evaluate: (unit, time) => dateOf(truncateTo(unit, time)),
  }),
  defineFunction({
    name: 'date_part',
    summary:
      'year, quarter, month, week (ISO), day, hour, minute, second, millisecond, dow (Sunday is 0) or doy',
    parameters: [parsed('part', readingOf), timestamp('time')],
    examples: [
      ["date_part('hour', '2026-01-31T12:34:56Z')", '12'],
      ["date_part('dow', '2026-01-31')", '6'],
    ],
    evaluate: (readPart, time) => readPart(time),
  }),
  defineFunction({
    name: 'date_add',
    summary: 'the time so many units later; a month later is the same day, or the month’s last',
    parameters: [parsed('unit', unitOf), integer('count'), timestamp('time')],
    examples: [
      ["date_add('day', 1, '2026-01-31')", '"2026-02-01T00:00:00.000Z"'],
      ["date_add('month', 1, '2026-01-31')", '"2026-02-28T00:00:00.000Z"'],
    ],
    evaluate: (unit, count, time) => dateOf(addTo(unit, count, time)),
  }),
  defineFunction({
    name: 'date_diff',
    summary: 'how many starts of a unit lie between two times',
    parameters: [parsed('unit', unitOf), timestamp('from'), timestamp('to')],
    examples: [["date_diff('day', '2026-01-30T23:00:00Z', '2026-01-31T01:00:00Z')", '1']],
    evaluate: differenceIn,
  }),
  defineFunction({
    name: 'strftime',
    summary:
      'the time as text: %Y %m %d %H %M %S %L (ms) %j (day of the year) %u (weekday, Monday is 1) %s (epoch) %%',
    parameters: [timestamp('time'), parsed('format', formatOf)],
    examples: [["strftime('2026-01-31T12:34:56Z', '%d.%m.%Y %H:%M')", '"31.01.2026 12:34"']],
    evaluate: (time, write) => write(time),
  }),
];

function dateOf(at: number): Value {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) throw new DataError('type', `the time ${at} is out of range`);
  return date;
}
