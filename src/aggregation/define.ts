import type { FieldType } from '../component/define.ts';
import type { SpecError } from '../errors.ts';
import type { Value } from '../event.ts';
import type { Scalar } from '../expression/scalar.ts';
import { typeError } from '../expression/values.ts';
import type { Aggregator, Reader } from './accumulator.ts';

/** A call in an expression, with its arguments compiled. */
export interface AggregateCall {
  readonly arguments: readonly Scalar[];
  /** The value of an argument that is the same for every event; undefined if it is not. */
  constant(index: number): Value | undefined;
  /** A mistake in an argument. */
  problem(index: number, message: string, hint?: string): SpecError;
}

/** One aggregate function: a row of the reference page, and the way to compute it. */
export interface AggregateDefinition {
  /** In lower case. */
  readonly name: string;
  readonly signature: string;
  /** One sentence, lower case, no full stop. */
  readonly summary: string;
  /** A call over the field `value`, and what it gives; on the reference page and in the tests. */
  readonly example: { readonly call: string; readonly values: readonly Value[]; readonly result: Value };
  /** The type of its results; left out where the events decide. */
  readonly gives?: FieldType;
  /** How far from the truth the result may be; left out where it is exact, or as exact as a double. */
  readonly error?: string;
  /** What its memory grows with; left out where a group takes the same few bytes however many events it has. */
  readonly memory?: string;
  /** Whether it goes by where events stand, not by values alone; then it can't be over DISTINCT values. */
  readonly needsPlace?: true;
  compile(call: AggregateCall): Aggregator;
}

/** Checks the aggregate's own input type; the table holds them with it erased. */
export function defineAggregate<Input>(
  definition: Omit<AggregateDefinition, 'compile'> & { compile(call: AggregateCall): Aggregator<Input> },
): AggregateDefinition {
  return definition as AggregateDefinition;
}

type Present = Exclude<Value, null>;

/** The first argument, whatever its type. */
export function anyInput({ arguments: [value] }: AggregateCall): Reader<Present> {
  return (event) => value!(event) ?? undefined;
}

/** The first argument, which must be a number; exact integers stay exact. */
export function numericInput(name: string, { arguments: [value] }: AggregateCall): Reader<number | bigint> {
  return (event) => {
    const given = value!(event);
    if (typeof given === 'number') return Number.isNaN(given) ? undefined : given;
    if (given === null) return undefined;
    if (typeof given === 'bigint') return given;
    throw typeError(`${name} takes numbers`, given);
  };
}

/** The first argument as a double. */
export function doubleInput(name: string, call: AggregateCall): Reader<number> {
  const read = numericInput(name, call);
  return (event) => {
    const given = read(event);
    return typeof given === 'bigint' ? Number(given) : given;
  };
}
