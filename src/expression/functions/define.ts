import type { Value } from '../../event.ts';
import type { Scalar } from '../scalar.ts';
import type { Parameter } from './parameters.ts';

/** An expression and what it gives, spelled as JSON has it; both on the reference page and in the tests. */
export type Example = readonly [expression: string, result: string];

export interface FunctionDefinition {
  readonly name: string;
  readonly aliases: readonly string[];
  /** `substr(text, start [, length])` */
  readonly signature: string;
  /** One sentence, lower case, no full stop. */
  readonly summary: string;
  readonly examples: readonly Example[];
  /** How many arguments it takes. */
  readonly least: number;
  readonly most: number;
  /** Whether equal arguments always give an equal result. */
  readonly deterministic: boolean;
  /** Whether it may leave arguments unevaluated. */
  readonly guards: boolean;
  compile(call: CompiledCall): Scalar;
}

export interface CompiledCall {
  readonly arguments: readonly Scalar[];
  /** The value of an argument that is the same for every event; undefined if it is not. */
  constant(index: number): Value | undefined;
  readonly clock: { now(): number };
}

interface Description {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly examples: readonly Example[];
}

type Parameters = readonly Parameter<unknown>[];
type Read<P extends Parameters> = {
  [Index in keyof P]: P[Index] extends Parameter<infer Type> ? Type : never;
};

/**
 * A function of its arguments alone. NULL for any of them gives NULL, without a call; an argument of the wrong type is
 * a DataError.
 */
export function defineFunction<const P extends Parameters>(
  definition: Description & { readonly parameters: P; evaluate(...values: Read<P>): Value },
): FunctionDefinition {
  const { parameters } = definition;
  const evaluate = definition.evaluate as (...values: unknown[]) => Value;
  const read = readerOf(definition.name, parameters);
  return {
    aliases: [],
    ...definition,
    signature: `${definition.name}(${signatureOf(parameters)})`,
    least: parameters.filter((parameter) => !parameter.optional).length,
    most: parameters.at(-1)?.repeated ? Number.POSITIVE_INFINITY : parameters.length,
    deterministic: true,
    guards: false,
    compile(call) {
      checkConstants(call, read);
      return compileStrict(call.arguments, read, evaluate);
    },
  };
}

/** A function that decides itself when its arguments are evaluated, or what NULL means to it. */
export function defineSpecial(
  definition: Description & {
    readonly signature: string;
    readonly least: number;
    readonly most: number;
    readonly deterministic?: boolean;
    readonly guards?: boolean;
    compile(call: CompiledCall): Scalar;
  },
): FunctionDefinition {
  return { aliases: [], deterministic: true, guards: false, ...definition };
}

type Reader = (value: Exclude<Value, null>, index: number) => unknown;

function readerOf(name: string, parameters: Parameters): Reader {
  const last = parameters.length - 1;
  return (value, index) => parameters[index < last ? index : last]!.read(value, name);
}

/** What no event can mend: an argument of the wrong type, an unknown unit. Throws DataError. */
function checkConstants({ arguments: given, constant }: CompiledCall, read: Reader): void {
  for (const index of given.keys()) {
    const value = constant(index);
    if (value !== undefined && value !== null) read(value, index);
  }
}

/** One closure for each number of arguments, so that the usual ones build no array. */
function compileStrict(
  given: readonly Scalar[],
  read: Reader,
  evaluate: (...values: unknown[]) => Value,
): Scalar {
  const [first, second] = given;
  if (first === undefined) return () => evaluate();
  if (second === undefined) {
    return (event) => {
      const value = first(event);
      return value === null ? null : evaluate(read(value, 0));
    };
  }
  if (given.length === 2) {
    return (event) => {
      const one = first(event);
      if (one === null) return null;
      const two = second(event);
      return two === null ? null : evaluate(read(one, 0), read(two, 1));
    };
  }
  return (event) => {
    const values: unknown[] = [];
    for (let index = 0; index < given.length; index++) {
      const value = given[index]!(event);
      if (value === null) return null;
      values.push(read(value, index));
    }
    return evaluate(...values);
  };
}

function signatureOf(parameters: Parameters): string {
  return parameters.reduce((text, { name, optional, repeated }, index) => {
    const separated = `${index > 0 ? ', ' : ''}${name}${repeated ? ' …' : ''}`;
    return optional ? `${text} [${separated}]` : text + separated;
  }, '');
}
