import type { z } from 'zod';
import type { Event } from '../../../event.ts';

/** What becomes of an event: itself or one made from it, several, or nothing (null: filtered out). */
export type Step = (event: Event) => Event | readonly Event[] | null;

export interface StepBuild {
  /** The node and the step, for the place in messages: `enriched, step 2 (set)`. */
  readonly place: string;
  /** Whether a step before made the event's value, so that this one may change it in place. */
  readonly owned: boolean;
}

/** One kind of step: `{ filter: … }`. */
export interface StepDefinition<Schema extends z.ZodType = z.ZodType> {
  /** The key that it has in a jobfile. */
  readonly type: string;
  /** What stands behind that key, with `.describe()`. */
  readonly options: Schema;
  /** Whether the value of every event that it passes on is its own copy. */
  readonly copies: boolean;
  /** Why the same input may give another output; deterministic if left out. */
  nonDeterminism?(options: z.output<Schema>): string | undefined;
  /** Throws SpecError. The step throws DataError for an event that it can't handle. */
  build(options: z.output<Schema>, context: StepBuild): Step;
}

/** Checks the definition's own type; the registry holds it with its option types erased. */
export function defineStep<Schema extends z.ZodType>(definition: StepDefinition<Schema>): StepDefinition {
  return definition as unknown as StepDefinition;
}
