import type { Event, Value } from '../event.ts';

/**
 * What all aggregates of one expression know of one group of events, side by side in one array: each has a run of
 * slots of its own. Slots hold what survives structured cloning, and nothing else.
 */
export type Slots = unknown[];

/**
 * One aggregate, spelled out: how it begins, takes in an input, takes in another group, and what comes of it. `at` is
 * the first of its slots, the same in every group. Nothing here throws: inputs are checked when they are read.
 * The result must not depend on the order in which events came or groups were merged, but for the last digit of doubles.
 */
export interface Accumulator<Input> {
  /** What its slots hold before the first input: values that are never changed in place. */
  readonly initial: readonly unknown[];
  add(slots: Slots, at: number, input: Input, event: Event): void;
  /** Takes in all that `from` has taken in. `from` stays as it is, and shares nothing that changes with `slots`. */
  merge(slots: Slots, at: number, from: Slots): void;
  result(slots: Slots, at: number): Value;
  /** Puts copies in the place of what is changed in place; left out where there is nothing of the kind. */
  copy?(slots: Slots, at: number): void;
}

/** What an aggregate takes of an event; undefined if nothing (NULL is passed over). Throws DataError. */
export type Reader<Input> = (event: Event) => Input | undefined;

/** An aggregate of an expression, compiled. */
export interface Aggregator<Input = unknown> {
  readonly read: Reader<Input>;
  readonly accumulator: Accumulator<Input>;
}
