import type { Value } from '../../event.ts';
import type { Accumulator, Slots } from '../accumulator.ts';
import { anyInput, defineAggregate } from '../define.ts';
import { compareAny } from '../order.ts';

type Present = Exclude<Value, null>;

/** Before the first value: a double, so that the slots of a group of numbers stay an array of doubles. */
const NONE = Number.NaN;

const smallest: Accumulator<Present> = {
  initial: [NONE],
  add: takeSmaller,
  merge: (slots, at, from) => takeSmaller(slots, at, from[at] as Present),
  result: held,
};

const largest: Accumulator<Present> = {
  initial: [NONE],
  add: takeLarger,
  merge: (slots, at, from) => takeLarger(slots, at, from[at] as Present),
  result: held,
};

function takeSmaller(slots: Slots, at: number, input: Present): void {
  const best = slots[at] as Present;
  if (typeof best === 'number' && typeof input === 'number') {
    if (input < best || Number.isNaN(best)) slots[at] = input;
  } else if (isBetter(input, best, -1)) slots[at] = input;
}

function takeLarger(slots: Slots, at: number, input: Present): void {
  const best = slots[at] as Present;
  if (typeof best === 'number' && typeof input === 'number') {
    if (input > best || Number.isNaN(best)) slots[at] = input;
  } else if (isBetter(input, best, 1)) slots[at] = input;
}

function isBetter(input: Present, best: Present, sign: 1 | -1): boolean {
  if (Number.isNaN(best)) return true;
  return !Number.isNaN(input) && compareAny(input, best) * sign > 0;
}

function held(slots: Slots, at: number): Value {
  const best = slots[at] as Present;
  return Number.isNaN(best) ? null : best;
}

export const min = defineAggregate({
  name: 'min',
  gives: 'number',
  signature: 'min(value)',
  summary: 'the smallest value: of numbers, texts, times; NULL if there is none',
  example: { call: 'min(value)', values: [3, 1, null, 2], result: 1 },
  compile: (call) => ({ read: anyInput(call), accumulator: smallest }),
});

export const max = defineAggregate({
  name: 'max',
  gives: 'number',
  signature: 'max(value)',
  summary: 'the largest value: of numbers, texts, times; NULL if there is none',
  example: { call: 'max(value)', values: [3, 1, null, 2], result: 3 },
  compile: (call) => ({ read: anyInput(call), accumulator: largest }),
});
