import type { Accumulator } from '../accumulator.ts';
import { type AggregateCall, defineAggregate, doubleInput } from '../define.ts';
import {
  addToQuantiles,
  copyOfQuantiles,
  EXACT_UP_TO,
  emptyQuantiles,
  mergeQuantiles,
  type Quantiles,
  quantileOf,
  RELATIVE_ERROR,
} from '../sketches/quantiles.ts';

function quantile(p: number): Accumulator<number> {
  return {
    initial: [null],
    add(slots, at, input) {
      addToQuantiles((slots[at] ??= emptyQuantiles()) as Quantiles, input);
    },
    merge(slots, at, from) {
      const theirs = from[at] as Quantiles | null;
      if (theirs === null) return;
      if (slots[at] === null) slots[at] = copyOfQuantiles(theirs);
      else mergeQuantiles(slots[at] as Quantiles, theirs);
    },
    result: (slots, at) => (slots[at] === null ? null : quantileOf(slots[at] as Quantiles, p)),
    copy(slots, at) {
      if (slots[at] !== null) slots[at] = copyOfQuantiles(slots[at] as Quantiles);
    },
  };
}

const error = `none up to ${EXACT_UP_TO} values, then ${RELATIVE_ERROR * 100} % of the value, or of those that it lies between`;
const memory = 'the spread of the values: 700 numbers over six orders of magnitude';

export const median = defineAggregate({
  name: 'median',
  gives: 'number',
  signature: 'median(value)',
  summary: 'the value in the middle; NULL if there is none',
  example: { call: 'median(value)', values: [1, 9, 2, 3], result: 2.5 },
  error,
  memory,
  compile: (call) => ({ read: doubleInput('median', call), accumulator: quantile(0.5) }),
});

export const percentile = defineAggregate({
  name: 'percentile',
  gives: 'number',
  signature: 'percentile(value, fraction)',
  summary: 'the value below which this fraction of all values lies, 0.95 for the 95th; NULL if there is none',
  example: { call: 'percentile(value, 0.25)', values: [1, 2, 3, 4, 5], result: 2 },
  error,
  memory,
  compile: (call) => ({ read: doubleInput('percentile', call), accumulator: quantile(fractionOf(call)) }),
});

function fractionOf(call: AggregateCall): number {
  const fraction = call.constant(1);
  if (typeof fraction === 'number' && fraction >= 0 && fraction <= 1) return fraction;
  throw call.problem(1, 'the fraction of percentile must be a number from 0 to 1', 'for example 0.95');
}
