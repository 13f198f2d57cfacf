import type { Event, Value } from '../../event.ts';
import type { Accumulator } from '../accumulator.ts';
import { anyInput, defineAggregate } from '../define.ts';
import { distinctValues } from '../distinct.ts';
import { comparePlaces, type Placed, placed } from '../order.ts';

type Present = Exclude<Value, null>;

const list: Accumulator<Placed> = {
  initial: [null],
  add(slots, at, item) {
    const items = slots[at] as Placed[] | null;
    if (items === null) slots[at] = [item];
    else items.push(item);
  },
  merge(slots, at, from) {
    const theirs = from[at] as Placed[] | null;
    if (theirs === null) return;
    const ours = slots[at] as Placed[] | null;
    if (ours === null) slots[at] = [...theirs];
    else for (const item of theirs) ours.push(item);
  },
  result(slots, at) {
    const items = slots[at] as Placed[] | null;
    return items === null ? [] : items.toSorted(comparePlaces).map((item) => item.value);
  },
  copy(slots, at) {
    const items = slots[at] as Placed[] | null;
    if (items !== null) slots[at] = [...items];
  },
};

const set: Accumulator<Present> = {
  ...distinctValues,
  result: distinctValues.sorted,
};

export const collectList = defineAggregate({
  name: 'collect_list',
  gives: 'list',
  signature: 'collect_list(value)',
  summary: 'all values that are not NULL as an array, by time, then source, partition and offset',
  example: { call: 'collect_list(value)', values: ['b', null, 'a', 'b'], result: ['b', 'a', 'b'] },
  memory: 'the number of values',
  needsPlace: true,
  compile(call) {
    const value = anyInput(call);
    const read = (event: Event) => {
      const given = value(event);
      return given === undefined ? undefined : placed(given, event);
    };
    return { read, accumulator: list };
  },
});

export const collectSet = defineAggregate({
  name: 'collect_set',
  gives: 'set',
  signature: 'collect_set(value)',
  summary: 'the different values that are not NULL as an array, sorted',
  example: { call: 'collect_set(value)', values: ['b', null, 'a', 'b'], result: ['a', 'b'] },
  memory: 'the number of different values',
  compile: (call) => ({ read: anyInput(call), accumulator: set }),
});
