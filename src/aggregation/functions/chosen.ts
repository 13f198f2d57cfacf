import type { Event, Value } from '../../event.ts';
import type { Accumulator, Aggregator } from '../accumulator.ts';
import { type AggregateCall, anyInput, defineAggregate } from '../define.ts';
import { compareAny, comparePlaces, type Placed, placed } from '../order.ts';

/** One event's value and what it is chosen by, before its place is. Replaced, never changed. */
interface Measured {
  readonly by: Value;
  readonly placed: Placed;
}

/** Keeps one of all: the one before which `compare` puts no other. */
function choose<Chosen>(
  compare: (left: Chosen, right: Chosen) => number,
  read: (chosen: Chosen) => Value,
): Accumulator<Chosen> {
  const add: Accumulator<Chosen>['add'] = (slots, at, input) => {
    const held = slots[at] as Chosen | null;
    if (held === null || compare(input, held) < 0) slots[at] = input;
  };
  return {
    initial: [null],
    add,
    merge(slots, at, from) {
      const other = from[at] as Chosen | null;
      const held = slots[at] as Chosen | null;
      if (other !== null && (held === null || compare(other, held) < 0)) slots[at] = other;
    },
    result(slots, at) {
      const held = slots[at] as Chosen | null;
      return held === null ? null : read(held);
    },
  };
}

const ownValue = ({ value }: Placed) => value;
const earliest = choose<Placed>(comparePlaces, ownValue);
const latest = choose<Placed>((left, right) => comparePlaces(right, left), ownValue);

const placedValue = (measured: Measured) => measured.placed.value;
const lowest = choose<Measured>(
  (left, right) => compareAny(left.by, right.by) || comparePlaces(left.placed, right.placed),
  placedValue,
);
const highest = choose<Measured>(
  (left, right) => compareAny(right.by, left.by) || comparePlaces(left.placed, right.placed),
  placedValue,
);

function byPlace(call: AggregateCall, accumulator: Accumulator<Placed>): Aggregator<Placed> {
  const value = anyInput(call);
  const read = (event: Event) => {
    const given = value(event);
    return given === undefined ? undefined : placed(given, event);
  };
  return { read, accumulator };
}

function byValue(call: AggregateCall, accumulator: Accumulator<Measured>): Aggregator<Measured> {
  const [value, by] = call.arguments;
  const read = (event: Event) => {
    const given = value!(event);
    const measure = by!(event);
    return given === null || measure === null ? undefined : { by: measure, placed: placed(given, event) };
  };
  return { read, accumulator };
}

export const first = defineAggregate({
  name: 'first',
  signature: 'first(value)',
  summary:
    'the value of the earliest event, by time, then source, partition and offset; NULLs are passed over',
  example: { call: 'first(value)', values: [null, 'a', 'b'], result: 'a' },
  needsPlace: true,
  compile: (call) => byPlace(call, earliest),
});

export const last = defineAggregate({
  name: 'last',
  signature: 'last(value)',
  summary: 'the value of the latest event, by time, then source, partition and offset; NULLs are passed over',
  example: { call: 'last(value)', values: ['a', 'b', null], result: 'b' },
  needsPlace: true,
  compile: (call) => byPlace(call, latest),
});

export const argMin = defineAggregate({
  name: 'arg_min',
  signature: 'arg_min(value, by)',
  summary: 'the value of the event with the smallest "by"; of several, the earliest one',
  example: { call: 'arg_min(value, -value)', values: [1, 3, 2], result: 3 },
  needsPlace: true,
  compile: (call) => byValue(call, lowest),
});

export const argMax = defineAggregate({
  name: 'arg_max',
  signature: 'arg_max(value, by)',
  summary: 'the value of the event with the largest "by"; of several, the earliest one',
  example: { call: 'arg_max(value, -value)', values: [1, 3, 2], result: 1 },
  needsPlace: true,
  compile: (call) => byValue(call, highest),
});
