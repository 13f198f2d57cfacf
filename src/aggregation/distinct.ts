import type { Event, Value } from '../event.ts';
import type { Accumulator, Slots } from './accumulator.ts';
import { type Identity, identityOfValue } from './identity.ts';
import { compareAny } from './order.ts';

type Present = Exclude<Value, null>;
type Distinct = Map<Identity, Present>;

/** The different values of a group, each once. */
export const distinctValues = {
  initial: [null],
  add(slots: Slots, at: number, value: Present): void {
    const values = (slots[at] ??= new Map()) as Distinct;
    const identity = identityOfValue(value);
    if (!values.has(identity)) values.set(identity, value);
  },
  merge(slots: Slots, at: number, from: Slots): void {
    const theirs = from[at] as Distinct | null;
    if (theirs === null) return;
    const ours = slots[at] as Distinct | null;
    if (ours === null) slots[at] = new Map(theirs);
    else for (const [identity, value] of theirs) if (!ours.has(identity)) ours.set(identity, value);
  },
  copy(slots: Slots, at: number): void {
    const values = slots[at] as Distinct | null;
    if (values !== null) slots[at] = new Map(values);
  },
  count(slots: Slots, at: number): number {
    return (slots[at] as Distinct | null)?.size ?? 0;
  },
  sorted(slots: Slots, at: number): Present[] {
    return [...((slots[at] as Distinct | null)?.values() ?? [])].sort(compareAny);
  },
};

/**
 * An aggregate over the different values alone, `sum(DISTINCT x)`: they are kept until the result is asked for, and
 * then go in sorted.
 */
export function overDistinct(inner: Accumulator<unknown>): Accumulator<Present> {
  return {
    ...distinctValues,
    result(slots, at) {
      const scratch = [...inner.initial];
      for (const value of distinctValues.sorted(slots, at)) inner.add(scratch, 0, value, noEvent);
      return inner.result(scratch, 0);
    },
  };
}

/** `count(DISTINCT x)` */
export const distinctCount: Accumulator<Present> = {
  ...distinctValues,
  result: distinctValues.count,
};

/** Only aggregates that look at values, not at events, take DISTINCT. */
const noEvent = undefined as unknown as Event;
