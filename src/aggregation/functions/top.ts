import type { Value } from '../../event.ts';
import type { Accumulator } from '../accumulator.ts';
import { type AggregateCall, anyInput, defineAggregate } from '../define.ts';
import { type Identity, identityOfValue } from '../identity.ts';
import { compareAny } from '../order.ts';

type Present = Exclude<Value, null>;

/** Replaced, never changed, so that a copy of the map is copy enough. */
interface Tally {
  readonly value: Present;
  readonly count: number;
}
type Tallies = Map<Identity, Tally>;

function tally(tallies: Tallies, identity: Identity, { value, count }: Tally): void {
  const before = tallies.get(identity);
  tallies.set(
    identity,
    before === undefined ? { value, count } : { value: before.value, count: before.count + count },
  );
}

function mostFrequent(most: number): Accumulator<Present> {
  return {
    initial: [null],
    add(slots, at, value) {
      tally((slots[at] ??= new Map()) as Tallies, identityOfValue(value), { value, count: 1 });
    },
    merge(slots, at, from) {
      const ours = (slots[at] ??= new Map()) as Tallies;
      for (const [identity, theirs] of (from[at] as Tallies | null) ?? []) tally(ours, identity, theirs);
    },
    result(slots, at) {
      const tallies = [...((slots[at] as Tallies | null)?.values() ?? [])];
      const ranked = tallies.sort(
        (one, other) => other.count - one.count || compareAny(one.value, other.value),
      );
      return ranked.slice(0, most).map(({ value, count }) => ({ value, count }));
    },
    copy(slots, at) {
      if (slots[at] !== null) slots[at] = new Map(slots[at] as Tallies);
    },
  };
}

export const topK = defineAggregate({
  name: 'top_k',
  signature: 'top_k(value, k)',
  summary: 'the k most frequent values with their counts, most frequent first; equally frequent ones sorted',
  example: {
    call: 'top_k(value, 2)',
    values: ['c', 'b', 'a', 'b', null],
    result: [
      { value: 'b', count: 2 },
      { value: 'a', count: 1 },
    ],
  },
  memory: 'the number of different values',
  needsPlace: true,
  compile: (call) => ({ read: anyInput(call), accumulator: mostFrequent(sizeOf(call)) }),
});

function sizeOf(call: AggregateCall): number {
  const k = call.constant(1);
  if (typeof k === 'number' && Number.isInteger(k) && k >= 1) return k;
  throw call.problem(1, 'the k of top_k must be a whole number from 1 on', 'for example top_k(page, 10)');
}
