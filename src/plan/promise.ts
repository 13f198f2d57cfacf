import type { Guarantee, PlannedSink } from './model.ts';

const weakestFirst: readonly Guarantee['promise'][] = [
  'at most once',
  'at least once',
  'exactly-once effect',
  'exactly once',
];

/** What all sinks of a job promise together: no more than the weakest of them. */
export function weakestPromise(sinks: readonly PlannedSink[]): Guarantee['promise'] {
  const promises = new Set(sinks.map((sink) => sink.guarantee.promise));
  return weakestFirst.find((promise) => promises.has(promise)) ?? 'exactly once';
}
