import type { z } from 'zod';
import type { Millis } from '../../../clock.ts';
import type { InnerEndpoint, OperatorBuild } from '../../../component/define.ts';
import type { AsyncStage } from '../../../component/operator.ts';
import type { Event } from '../../../event.ts';
import type { Path } from '../../../expression/tree.ts';

export interface Step {
  /** What becomes of an event: itself or one made from it, several, or nothing (null: filtered out). */
  (event: Event): Event | readonly Event[] | null;
  /** For a step that goes by event time: the watermark is here now, before the next event. */
  advance?(watermark: Millis): void;
}

export interface StepBuild {
  /** The node and the step, for the place in messages: `enriched, step 2 (set)`. */
  readonly place: string;
  /** Whether a step before made the event's value, so that this one may change it in place. */
  readonly owned: boolean;
  /** A state of the step's own that survives recoveries. */
  readonly state: OperatorBuild['state'];
}

interface Described<Schema extends z.ZodType> {
  /** The key that it has in a jobfile. */
  readonly type: string;
  /** What stands behind that key, with `.describe()`. */
  readonly options: Schema;
  /** The server that its options name, if they do; they are not validated yet. */
  endpoint?(options: unknown): Omit<InnerEndpoint, 'path'> | undefined;
  /** Whether it keeps state, which is by event time; not if left out. */
  readonly keepsState?: boolean;
  /** Why the same input may give another output; deterministic if left out. */
  nonDeterminism?(options: z.output<Schema>): string | undefined;
  /** Whether no event is left out by it. */
  readonly passesAll?: boolean;
  /** The fields by which it leaves events out. */
  decidesBy?(options: z.output<Schema>): readonly Path[];
  /** The fields that it takes to be there; left out where that can't be told. */
  reads?(options: z.output<Schema>): readonly Path[];
  /** The fields that it makes. */
  makes?(options: z.output<Schema>): readonly string[];
}

/** One kind of step that waits for others: `{ lookup: … }`. What it passes on is its own copy. */
export interface StageDefinition<Schema extends z.ZodType = z.ZodType> extends Described<Schema> {
  readonly waits: true;
  /** Throws SpecError. */
  build(options: z.output<Schema>, context: StepBuild): Promise<AsyncStage>;
}

/** One kind of synchronous step: `{ filter: … }`. */
export interface StepDefinition<Schema extends z.ZodType = z.ZodType> extends Described<Schema> {
  readonly waits: false;
  /** Whether the value of every event that it passes on is its own copy. */
  readonly copies: boolean;
  /** Throws SpecError. The step throws DataError for an event that it can't handle. */
  build(options: z.output<Schema>, context: StepBuild): Step;
}

/** Checks the definition's own type; the registry holds it with its option types erased. */
export function defineStep<Schema extends z.ZodType>(
  definition: Omit<StepDefinition<Schema>, 'waits'>,
): StepDefinition {
  return { ...definition, waits: false } as unknown as StepDefinition;
}

export function defineStage<Schema extends z.ZodType>(
  definition: Omit<StageDefinition<Schema>, 'waits'>,
): StageDefinition {
  return { ...definition, waits: true } as unknown as StageDefinition;
}
