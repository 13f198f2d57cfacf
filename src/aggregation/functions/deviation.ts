import type { Value } from '../../event.ts';
import type { Accumulator, Slots } from '../accumulator.ts';
import { defineAggregate, doubleInput } from '../define.ts';

/** The slots: how many values, their mean, the sum of squared distances from it. */
const COUNT = 0;
const MEAN = 1;
const SQUARES = 2;

/**
 * Moments without the cancellation of Σx² − (Σx)²/n: one value at a time by B. P. Welford, "Note on a method for
 * calculating corrected sums of squares and products", 1962; two groups at a time by T. F. Chan, G. H. Golub and R. J.
 * LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
 */
const moments = {
  initial: [0, 0, 0],
  add(slots: Slots, at: number, input: number): void {
    const count = (slots[at + COUNT] as number) + 1;
    const before = slots[at + MEAN] as number;
    const mean = before + (input - before) / count;
    slots[at + COUNT] = count;
    slots[at + MEAN] = mean;
    slots[at + SQUARES] = (slots[at + SQUARES] as number) + (input - before) * (input - mean);
  },
  merge(slots: Slots, at: number, from: Slots): void {
    const ours = slots[at + COUNT] as number;
    const theirs = from[at + COUNT] as number;
    if (theirs === 0) return;
    const count = ours + theirs;
    const distance = (from[at + MEAN] as number) - (slots[at + MEAN] as number);
    slots[at + COUNT] = count;
    slots[at + MEAN] = (slots[at + MEAN] as number) + (distance * theirs) / count;
    const apart = distance * distance * ((ours * theirs) / count);
    slots[at + SQUARES] = (slots[at + SQUARES] as number) + (from[at + SQUARES] as number) + apart;
  },
};

/** `taken` is 1 for a sample, which has one degree of freedom less than values, and 0 for a whole population. */
function varianceOf(slots: Slots, at: number, taken: 0 | 1): number | null {
  const freedom = (slots[at + COUNT] as number) - taken;
  const squares = slots[at + SQUARES] as number;
  return freedom <= 0 || !Number.isFinite(squares) ? null : Math.max(0, squares) / freedom;
}

function root(variance: number | null): Value {
  return variance === null ? null : Math.sqrt(variance);
}

const sampleVariance: Accumulator<number> = {
  ...moments,
  result: (slots, at) => varianceOf(slots, at, 1),
};
const populationVariance: Accumulator<number> = {
  ...moments,
  result: (slots, at) => varianceOf(slots, at, 0),
};
const sampleDeviation: Accumulator<number> = {
  ...moments,
  result: (slots, at) => root(varianceOf(slots, at, 1)),
};
const populationDeviation: Accumulator<number> = {
  ...moments,
  result: (slots, at) => root(varianceOf(slots, at, 0)),
};

const values = [2, 4, 4, 4, 5, 5, 7, 9];

export const variance = defineAggregate({
  name: 'variance',
  gives: 'number',
  signature: 'variance(value)',
  summary: 'the sample variance; NULL for less than two values',
  example: { call: 'variance(value)', values: [2, 4, 6], result: 4 },
  compile: (call) => ({ read: doubleInput('variance', call), accumulator: sampleVariance }),
});

export const variancePop = defineAggregate({
  name: 'variance_pop',
  gives: 'number',
  signature: 'variance_pop(value)',
  summary: 'the variance of the values as a whole population; NULL if there is none',
  example: { call: 'variance_pop(value)', values, result: 4 },
  compile: (call) => ({ read: doubleInput('variance_pop', call), accumulator: populationVariance }),
});

export const stddev = defineAggregate({
  name: 'stddev',
  gives: 'number',
  signature: 'stddev(value)',
  summary: 'the sample standard deviation; NULL for less than two values',
  example: { call: 'stddev(value)', values: [2, 4, 6], result: 2 },
  compile: (call) => ({ read: doubleInput('stddev', call), accumulator: sampleDeviation }),
});

export const stddevPop = defineAggregate({
  name: 'stddev_pop',
  gives: 'number',
  signature: 'stddev_pop(value)',
  summary: 'the standard deviation of the values as a whole population; NULL if there is none',
  example: { call: 'stddev_pop(value)', values, result: 2 },
  compile: (call) => ({ read: doubleInput('stddev_pop', call), accumulator: populationDeviation }),
});
