import type { Event } from '../../event.ts';
import type { Accumulator } from '../accumulator.ts';
import { anyInput, defineAggregate } from '../define.ts';
import { identityOfValue } from '../identity.ts';
import {
  addToRegisters,
  copyOfRegisters,
  estimateOf,
  mergeRegisters,
  noRegisters,
  type Registers,
  STANDARD_ERROR,
} from '../sketches/hyperloglog.ts';

const distinct: Accumulator<string> = {
  initial: [null],
  add(slots, at, text) {
    slots[at] = addToRegisters((slots[at] as Registers | null) ?? noRegisters(), text);
  },
  merge(slots, at, from) {
    const theirs = from[at] as Registers | null;
    if (theirs === null) return;
    const ours = slots[at] as Registers | null;
    slots[at] = ours === null ? copyOfRegisters(theirs) : mergeRegisters(ours, theirs);
  },
  result: (slots, at) => (slots[at] === null ? 0 : estimateOf(slots[at] as Registers)),
  copy(slots, at) {
    if (slots[at] !== null) slots[at] = copyOfRegisters(slots[at] as Registers);
  },
};

export const approxCountDistinct = defineAggregate({
  name: 'approx_count_distinct',
  gives: 'integer',
  signature: 'approx_count_distinct(value)',
  summary: 'about how many different values, in at most 4 KiB (HyperLogLog)',
  example: { call: 'approx_count_distinct(value)', values: ['a', 'b', 'a', null], result: 2 },
  error: `${(STANDARD_ERROR * 100).toFixed(1)} % of the count (standard error)`,
  compile(call) {
    const value = anyInput(call);
    const read = (event: Event) => {
      const given = value(event);
      if (given === undefined) return undefined;
      const identity = identityOfValue(given);
      return typeof identity === 'string' ? `'${identity}` : String(identity);
    };
    return { read, accumulator: distinct };
  },
});
