import type { AggregateDefinition } from '../define.ts';
import { approxCountDistinct } from './approximate.ts';
import { argMax, argMin, first, last } from './chosen.ts';
import { collectList, collectSet } from './collect.ts';
import { count } from './count.ts';
import { stddev, stddevPop, variance, variancePop } from './deviation.ts';
import { max, min } from './extremes.ts';
import { median, percentile } from './percentile.ts';
import { avg, sum } from './sum.ts';
import { topK } from './top.ts';

/** Every aggregate function there is, in the order of the reference page. */
export const aggregateDefinitions: readonly AggregateDefinition[] = [
  count,
  approxCountDistinct,
  sum,
  avg,
  min,
  max,
  argMin,
  argMax,
  first,
  last,
  stddev,
  stddevPop,
  variance,
  variancePop,
  median,
  percentile,
  topK,
  collectList,
  collectSet,
];
