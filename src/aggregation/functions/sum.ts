import { integer } from '../../expression/arithmetic.ts';
import { orNull } from '../../expression/values.ts';
import type { Accumulator, Slots } from '../accumulator.ts';
import { defineAggregate, numericInput } from '../define.ts';

/** The slots: the running sum of doubles, what rounding took from it, how many inputs, the sum of exact integers. */
const SUM = 0;
const LOST = 1;
const COUNT = 2;
const EXACT = 3;

/**
 * A sum that loses nothing to rounding on the way: what each addition cuts off is kept apart and added at the end
 * (A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974). Exact integers
 * (bigint) are added exactly.
 */
const summation = {
  initial: [0, 0, 0, 0],
  add(slots: Slots, at: number, input: number | bigint): void {
    slots[at + COUNT] = (slots[at + COUNT] as number) + 1;
    if (typeof input === 'number') addDouble(slots, at, input);
    else addExact(slots, at, input);
  },
  merge(slots: Slots, at: number, from: Slots): void {
    slots[at + COUNT] = (slots[at + COUNT] as number) + (from[at + COUNT] as number);
    addDouble(slots, at, from[at + SUM] as number);
    slots[at + LOST] = (slots[at + LOST] as number) + (from[at + LOST] as number);
    const exact = from[at + EXACT] as number | bigint;
    if (typeof exact === 'bigint') addExact(slots, at, exact);
  },
};

function addDouble(slots: Slots, at: number, input: number): void {
  const before = slots[at + SUM] as number;
  const after = before + input;
  const lost = Math.abs(before) >= Math.abs(input) ? before - after + input : input - after + before;
  slots[at + SUM] = after;
  if (lost !== 0) slots[at + LOST] = (slots[at + LOST] as number) + lost;
}

function addExact(slots: Slots, at: number, input: bigint): void {
  const exact = slots[at + EXACT] as number | bigint;
  slots[at + EXACT] = typeof exact === 'bigint' ? exact + input : input;
}

function doubleSum(slots: Slots, at: number): number {
  const sum = slots[at + SUM] as number;
  // Beyond the largest double there is nothing left to correct.
  return Number.isFinite(sum) ? sum + (slots[at + LOST] as number) : sum;
}

/**
 * The doubles' sum, if all of them can have been whole: what an addition cuts off whole numbers is whole, and together
 * with what is left it is exact. So many safe integers can't give more than the bound; larger doubles were rounded before.
 */
function wholeSum(slots: Slots, at: number): bigint | undefined {
  const sum = slots[at + SUM] as number;
  const lost = slots[at + LOST] as number;
  const bound = (slots[at + COUNT] as number) * Number.MAX_SAFE_INTEGER;
  if (!Number.isInteger(sum) || !Number.isSafeInteger(lost) || Math.abs(sum) > bound) return undefined;
  return BigInt(sum) + BigInt(lost);
}

const total: Accumulator<number | bigint> = {
  ...summation,
  result(slots, at) {
    if (slots[at + COUNT] === 0) return null;
    const doubles = doubleSum(slots, at);
    const exact = slots[at + EXACT] as number | bigint;
    if (typeof exact !== 'bigint' && Math.abs(doubles) <= Number.MAX_SAFE_INTEGER) return doubles;
    const whole = wholeSum(slots, at);
    return whole === undefined ? orNull(Number(exact) + doubles) : integer(BigInt(exact) + whole);
  },
};

const mean: Accumulator<number | bigint> = {
  ...summation,
  result(slots, at) {
    const count = slots[at + COUNT] as number;
    return count === 0 ? null : orNull((doubleSum(slots, at) + Number(slots[at + EXACT])) / count);
  },
};

export const sum = defineAggregate({
  name: 'sum',
  gives: 'number',
  signature: 'sum(value)',
  summary:
    'the sum; exact for exact integers, without rounding on the way for doubles; NULL if there is no value',
  example: { call: 'sum(value)', values: [0.1, 0.2, 0.3, null], result: 0.6 },
  compile: (call) => ({ read: numericInput('sum', call), accumulator: total }),
});

export const avg = defineAggregate({
  name: 'avg',
  gives: 'number',
  signature: 'avg(value)',
  summary: 'the mean, a double; NULL if there is no value',
  example: { call: 'avg(value)', values: [1, 2, 6, null], result: 3 },
  compile: (call) => ({ read: numericInput('avg', call), accumulator: mean }),
});
