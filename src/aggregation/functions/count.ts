import type { Accumulator } from '../accumulator.ts';
import { anyInput, defineAggregate } from '../define.ts';

const counter: Accumulator<unknown> = {
  initial: [0],
  add(slots, at) {
    slots[at] = (slots[at] as number) + 1;
  },
  merge(slots, at, from) {
    slots[at] = (slots[at] as number) + (from[at] as number);
  },
  result: (slots, at) => slots[at] as number,
};

export const count = defineAggregate({
  name: 'count',
  gives: 'integer',
  signature: 'count(*), count(value), count(DISTINCT value)',
  summary: 'how many events, or how many values that are not NULL; 0 if there is none',
  example: { call: 'count(value)', values: [5, null, 5], result: 2 },
  compile(call) {
    const read = call.arguments.length === 0 ? () => true : anyInput(call);
    return { read, accumulator: counter };
  },
});
