/** filter-step: what a filter with two comparisons costs an event, by itself, in nanoseconds of a processor. */

import { decodeJson } from '../../src/codecs/json.ts';
import type { Context } from '../../src/component/operator.ts';
import { Event, type Records } from '../../src/event.ts';
import { transformOperator } from '../../src/operators/transform/definition.ts';
import { KeyedState } from '../../src/state/keyed-state.ts';
import { eventAt } from '../events.ts';
import { median } from '../measure.ts';

/** As many as go through the graph at a time. */
const SLICE = 1000;
const SLICES_IN_ROUND = 1000;
const ROUNDS = 15;

const operator = await transformOperator.build(
  transformOperator.options.parse({ steps: [{ filter: "value > 500 AND action = 'click'" }] }),
  { name: 'node', job: 'bench', key: [], inputs: ['in'], state: (_, type) => new KeyedState(type) },
);
const counts = { passed: 0, filtered: 0 };
const context = {
  emit: () => void counts.passed++,
  filtered: () => void counts.filtered++,
} as unknown as Context;

const origin = { source: 'in', records: { partition: '0' } as Records, readAt: 0 };
const events = Array.from(
  { length: SLICE },
  (_, index) => new Event(decodeJson(JSON.stringify(eventAt(index))), null, origin, index),
);

const rounds = Array.from({ length: ROUNDS }, () => {
  const began = process.cpuUsage();
  for (let slice = 0; slice < SLICES_IN_ROUND; slice++) {
    for (const event of events) operator.process(event, context, 0);
  }
  const { user, system } = process.cpuUsage(began);
  return ((user + system) * 1000) / (SLICE * SLICES_IN_ROUND);
});
const expected = events.filter(
  ({ value }) => (value!.value as number) > 500 && value!.action === 'click',
).length;
if (counts.passed !== expected * SLICES_IN_ROUND * ROUNDS) throw new Error('the filter is wrong');
process.stdout.write(`${JSON.stringify({ nanoseconds: median(rounds) })}\n`);
