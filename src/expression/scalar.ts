import type { Event, Value } from '../event.ts';

/** A compiled expression. Throws DataError where the event's values don't fit. Never undefined. */
export type Scalar = (event: Event) => Value;

/** A compiled condition: whether it is TRUE (FALSE and NULL are not). */
export type Predicate = (event: Event) => boolean;

const constants = new WeakMap<Scalar, Value>();

export function constant(value: Value): Scalar {
  const scalar = () => value;
  constants.set(scalar, value);
  return scalar;
}

/** What the scalar gives for every event, if `constant` made it; else undefined. */
export function constantOf(scalar: Scalar): Value | undefined {
  return constants.get(scalar);
}
