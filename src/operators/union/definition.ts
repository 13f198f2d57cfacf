import { z } from 'zod';
import { defineOperator } from '../../component/define.ts';
import type { Operator } from '../../component/operator.ts';
import { type Buffered, InEventTime } from './in-event-time.ts';

const options = z.strictObject({
  order: z
    .enum(['arrival', 'event_time'])
    .default('arrival')
    .describe('in which order events come out; event_time keeps each until none can come before it'),
});

export const unionOperator = defineOperator({
  kind: 'operator',
  type: 'union',
  summary: 'makes one stream of several, as they come or in the order of event time',
  options,
  examples: ['{ type: union, from: [web, app] }', '{ type: union, from: [web, app], order: event_time }'],
  ports: ['late'],
  needsTime: false,
  timedOption: ({ order }) => (order === 'event_time' ? ['order'] : undefined),
  keepsState: ({ order }) => order === 'event_time',
  deterministic: () => true,
  build: async ({ order }, { state }) =>
    order === 'arrival'
      ? asTheyCome
      : new InEventTime(state<Buffered>('events', { clone: (event) => event })),
});

const asTheyCome: Operator = { process: (event, context) => context.emit(event) };
