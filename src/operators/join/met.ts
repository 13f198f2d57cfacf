import { DataError } from '../../errors.ts';
import type { Event, JsonObject } from '../../event.ts';
import type { Predicate, Scalar } from '../../expression/scalar.ts';

/** Whether the conditions hold for what met; where values don't fit one another, they don't. */
export function holdsIn(value: JsonObject, conditions: readonly Predicate[]): boolean {
  if (conditions.length === 0) return true;
  try {
    return conditions.every((condition) => condition({ value } as Event));
  } catch (error) {
    if (error instanceof DataError) return false;
    throw error;
  }
}

/** The scalar, NULL where values don't fit one another: which of the events that met is to blame can't be said. */
export function orNull(scalar: Scalar): Scalar {
  return (event) => {
    try {
      return scalar(event);
    } catch (error) {
      if (error instanceof DataError) return null;
      throw error;
    }
  };
}
