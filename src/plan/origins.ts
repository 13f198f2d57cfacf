import type { Input, PlannedInput, PlannedOperator } from './model.ts';

/**
 * The inputs of a node, each with whether another one may bring it the same event: two branches of one source both keep
 * the identities of its records. `operators` are those planned so far, all that the inputs read among them.
 */
export function planInputs(
  inputs: readonly Input[],
  operators: readonly PlannedOperator[],
): readonly PlannedInput[] {
  const origins = inputs.map((input) => originsOf(input, operators));
  return inputs.map((input, index) => {
    const others = origins.filter((_, other) => other !== index);
    return { ...input, isShared: others.some((other) => !other.isDisjointFrom(origins[index]!)) };
  });
}

/** The nodes that gave the events of an input their identities. */
function originsOf({ node, port }: Input, operators: readonly PlannedOperator[]): ReadonlySet<string> {
  const operator = operators.find(({ spec }) => spec.name === node);
  if (operator === undefined) return new Set([node]);
  const own = new Set(port === null ? [node] : []);
  // Results have identities by the node's name; what leaves by a port is what came in.
  const makesResults = operator.definition.results !== undefined && port === null;
  if (makesResults) return own;
  return operator.inputs
    .map((input) => originsOf(input, operators))
    .reduce((all, some) => all.union(some), own);
}
