import { SpecError } from '../../errors.ts';
import { problemAt, suggestionFor } from '../../expression/problem.ts';
import { type Expression, type Node, nodesOf } from '../../expression/tree.ts';

/** What the inputs of a join are called in its expressions, in their order. Throws SpecError. */
export function namesOfInputs(
  from: readonly string[],
  as: readonly string[] | undefined,
  node: string,
): readonly string[] {
  const place = `${node}.from`;
  if (from.length < 2) {
    const reads = from.length === 0 ? 'nothing' : `only "${from[0]}"`;
    throw new SpecError(`a join reads two inputs or more, and this one ${reads}`, {
      place,
      hint: 'for example from: [orders, users]',
    });
  }
  const names = as ?? from;
  if (names.length !== from.length) {
    throw new SpecError(`there are ${from.length} inputs and ${names.length} names for them`, {
      place: `${node}.as`,
      hint: 'give one for each, in the order of "from"',
    });
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new SpecError(`two inputs are called "${twice}"`, {
      place: as === undefined ? place : `${node}.as`,
      hint: `name them apart, for example as: [${twice}, other]`,
    });
  }
  return names;
}

/** The numbers of the inputs that a part of an expression reads. Throws SpecError for what belongs to none. */
export function inputsOf(part: Node, expression: Expression, names: readonly string[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const node of nodesOf(part)) {
    if (node.kind === 'metadata') {
      throw problemAt(
        expression,
        node.start,
        `"$${node.name}" is of one record, and a join has several`,
        'set a field to it before the join',
      );
    }
    if (node.kind !== 'field') continue;
    const input = names.indexOf(node.path[0]);
    if (input < 0) throw unknownInput(node.path[0], node.path.length, node.start, expression, names);
    found.add(input);
  }
  return found;
}

function unknownInput(
  name: string,
  steps: number,
  offset: number,
  expression: Expression,
  names: readonly string[],
): SpecError {
  const meant =
    steps === 1 ? `write ${names[0]}.${name}, or whichever input it is of` : suggestionFor(name, names);
  const hint = meant ?? `the inputs are ${names.join(', ')}`;
  return problemAt(expression, offset, `"${name}" is no input of the join`, hint);
}
