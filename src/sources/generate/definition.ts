import { z } from 'zod';
import { defineSource } from '../../component/define.ts';
import { duration } from '../../component/options.ts';
import { filePathOf, scalarsOf } from '../../component/uri.ts';
import { kinds, makers } from './kinds.ts';
import { GenerateSource } from './source.ts';

const whole = () => z.number().int().nonnegative();

const options = z.object({
  kind: z.enum(kinds).default('clicks').describe('what the events are about'),
  count: whole().describe('how many events; without end if not given').optional(),
  rate: z
    .number()
    .positive()
    .describe('events per second; as fast as they are taken if not given')
    .optional(),
  seed: whole().default(1).describe('the same seed gives the same events'),
  start: z
    .union([z.literal('now'), z.iso.datetime({ offset: true })])
    .default('2026-01-01T00:00:00Z')
    .describe('when the first event happens: an ISO 8601 time, or now'),
  interval: duration()
    .describe('event time from one event to the next; by the rate if not given, else 1ms')
    .optional(),
  disorder: duration().default(0).describe('how much earlier than in order an event may happen'),
  bad: whole().default(0).describe('one event in so many can not be decoded; 0 is none'),
});

export const generateSource = defineSource({
  kind: 'source',
  type: 'generate',
  summary: 'makes up realistic events, the same ones for the same seed',
  options,
  examples: ['generate:clicks?count=100000&rate=5000', 'generate:sensors?count=1000&interval=1s&seed=7'],
  replayable: true,
  positionsIn: ({ count, rate, ...recipe }) => ({
    ...recipe,
    spacing: recipe.interval ?? rate,
  }),
  hasTimestamps: true,
  fromUri: (uri) => {
    const kind = filePathOf(uri);
    return { ...scalarsOf(uri.query), ...(kind === '' ? {} : { kind }) };
  },
  build: async ({ kind, count = null, rate = null, start, interval, ...recipe }) =>
    new GenerateSource(
      {
        ...recipe,
        make: makers[kind],
        start: start === 'now' ? null : Date.parse(start),
        spacing: interval ?? (rate === null ? 1 : 1000 / rate),
      },
      { count, rate },
    ),
});
