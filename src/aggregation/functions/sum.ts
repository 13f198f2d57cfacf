import { integer } from '../../expression/arithmetic.ts';
import { orNull } from '../../expression/values.ts';
import type { Accumulator, Slots } from '../accumulator.ts';
import { defineAggregate, numericInput } from '../define.ts';

/**
 * The slots: the running sum of doubles, what rounding took from it, how many inputs, the sum of exact integers, and how
 * often the sum of doubles was beyond them: so many times 2^1024 belong to it.
 */
const SUM = 0;
const LOST = 1;
const COUNT = 2;
const EXACT = 3;
const CARRY = 4;
/** The largest power of two among doubles. */
const HALF_CARRY = 2 ** 1023;

/**
 * A sum that loses nothing to rounding on the way: what each addition cuts off is kept apart and added at the end
 * (A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974). Exact integers
 * (bigint) are added exactly. A sum that is beyond all doubles on the way is carried: what comes back is not lost, in
 * whatever order.
 */
const summation = {
  initial: [0, 0, 0, 0, 0],
  add(slots: Slots, at: number, input: number | bigint): void {
    slots[at + COUNT] = (slots[at + COUNT] as number) + 1;
    if (typeof input === 'number') addDouble(slots, at, input);
    else addExact(slots, at, input);
  },
  merge(slots: Slots, at: number, from: Slots): void {
    slots[at + COUNT] = (slots[at + COUNT] as number) + (from[at + COUNT] as number);
    addDouble(slots, at, from[at + SUM] as number);
    slots[at + LOST] = (slots[at + LOST] as number) + (from[at + LOST] as number);
    slots[at + CARRY] = (slots[at + CARRY] as number) + (from[at + CARRY] as number);
    const exact = from[at + EXACT] as number | bigint;
    if (typeof exact === 'bigint') addExact(slots, at, exact);
  },
};

function addDouble(slots: Slots, at: number, input: number): void {
  const before = slots[at + SUM] as number;
  const after = before + input;
  const lost = Math.abs(before) >= Math.abs(input) ? before - after + input : input - after + before;
  // Of a sum beyond all doubles nothing finite can be lost.
  if (!Number.isFinite(lost)) {
    carry(slots, at, input);
    return;
  }
  slots[at + SUM] = after;
  if (lost !== 0) slots[at + LOST] = (slots[at + LOST] as number) + lost;
}

/** Adds what takes the sum beyond all doubles: the larger of the two is at least half a carry, so that the rest is exact. */
function carry(slots: Slots, at: number, input: number): void {
  const before = slots[at + SUM] as number;
  if (!Number.isFinite(before) || !Number.isFinite(input)) {
    slots[at + SUM] = before + input;
    return;
  }
  const [larger, smaller] = Math.abs(before) >= Math.abs(input) ? [before, input] : [input, before];
  const half = Math.sign(larger) * HALF_CARRY;
  slots[at + CARRY] = (slots[at + CARRY] as number) + Math.sign(larger);
  slots[at + SUM] = smaller;
  addDouble(slots, at, larger - half - half);
}

function addExact(slots: Slots, at: number, input: bigint): void {
  const exact = slots[at + EXACT] as number | bigint;
  slots[at + EXACT] = typeof exact === 'bigint' ? exact + input : input;
}

/** All that was added, divided by `count`; not finite if it is beyond all doubles. */
function sumOver(slots: Slots, at: number, count: number): number {
  const sum = slots[at + SUM] as number;
  const lost = slots[at + LOST] as number;
  const carries = slots[at + CARRY] as number;
  const exact = Number(slots[at + EXACT] as number | bigint);
  // Beyond the largest double there is nothing left to correct.
  if (!Number.isFinite(sum)) return sum;
  if (carries === 0) return (sum + lost + exact) / count;
  // By halves: a carry is no double.
  return 2 * ((carries / count) * HALF_CARRY + (sum / 2 + lost / 2 + exact / 2) / count);
}

/**
 * The doubles' sum, if all of them can have been whole: what an addition cuts off whole numbers is whole, and together
 * with what is left it is exact. So many safe integers can't give more than the bound; larger doubles were rounded before.
 */
function wholeSum(slots: Slots, at: number): bigint | undefined {
  const sum = slots[at + SUM] as number;
  const lost = slots[at + LOST] as number;
  const bound = (slots[at + COUNT] as number) * Number.MAX_SAFE_INTEGER;
  if (slots[at + CARRY] !== 0 || !Number.isInteger(sum)) return undefined;
  if (!Number.isSafeInteger(lost) || Math.abs(sum) > bound) return undefined;
  return BigInt(sum) + BigInt(lost);
}

const total: Accumulator<number | bigint> = {
  ...summation,
  result(slots, at) {
    if (slots[at + COUNT] === 0) return null;
    const sum = sumOver(slots, at, 1);
    const exact = slots[at + EXACT] as number | bigint;
    if (typeof exact !== 'bigint' && Math.abs(sum) <= Number.MAX_SAFE_INTEGER) return sum;
    const whole = wholeSum(slots, at);
    return whole === undefined ? orNull(sum) : integer(BigInt(exact) + whole);
  },
};

const mean: Accumulator<number | bigint> = {
  ...summation,
  result(slots, at) {
    const count = slots[at + COUNT] as number;
    return count === 0 ? null : orNull(sumOver(slots, at, count));
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
