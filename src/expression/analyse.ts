import { scalarFunctions } from './functions/index.ts';
import { type Aggregate, childrenOf, type Expression, type Node, nodesOf, type Path } from './tree.ts';

/** The fields that the expression reads, each once, in the order in which they first appear. */
export function fieldsOf(expression: Expression): readonly Path[] {
  const found = new Map<string, Path>();
  for (const node of nodesOf(expression.root)) {
    if (node.kind === 'field') found.set(JSON.stringify(node.path), node.path);
  }
  return [...found.values()];
}

/** The fields that it takes to be there: not those of which COALESCE or IS NULL says what holds where they are not. */
export function fieldsExpected({ root }: Pick<Expression, 'root'>): readonly Path[] {
  if (root.kind === 'field') return [root.path];
  const isAsking = root.kind === 'is' || (root.kind === 'call' && root.name.toLowerCase() === 'coalesce');
  return isAsking ? [] : childrenOf(root).flatMap((node) => fieldsExpected({ root: node }));
}

/** Whether equal events always give an equal result: not so with NOW(). */
export function isDeterministic(expression: Expression): boolean {
  return nodesOf(expression.root).every((node) => !isNonDeterministic(node));
}

/** The aggregates in the expression, outermost and in order; they never hold others. */
export function aggregatesOf(expression: Expression): readonly Aggregate[] {
  return nodesOf(expression.root).filter((node) => node.kind === 'aggregate');
}

/** Whether the node looks neither at the event nor at the time. */
export function isConstant(node: Node): boolean {
  return nodesOf(node).every(
    (each) =>
      each.kind !== 'field' &&
      each.kind !== 'metadata' &&
      each.kind !== 'aggregate' &&
      !isNonDeterministic(each),
  );
}

function isNonDeterministic(node: Node): boolean {
  return node.kind === 'call' && !scalarFunctions.get(node.name)!.deterministic;
}
