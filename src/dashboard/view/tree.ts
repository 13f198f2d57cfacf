import type { NodeSnapshot } from '../../metrics/snapshot.ts';

/** A node, and the branches that are drawn before its name. */
export interface Row {
  readonly node: NodeSnapshot;
  readonly branch: string;
  /** What it reads beside the node above it. */
  readonly others: readonly string[];
}

/** As deep as branches are drawn: names matter more. */
const DEEPEST = 8;

/** The graph as a tree, in its order: each node stands below the first of those that it reads. */
export function rowsOf(nodes: readonly NodeSnapshot[]): Row[] {
  const names = new Set(nodes.map((node) => node.name));
  const known = ({ from }: NodeSnapshot) => from.filter((name) => names.has(name));
  const below = Map.groupBy(nodes, (node) => known(node)[0]);
  const rows: Row[] = [];
  const add = (parent: string | undefined, indent: string): void => {
    const siblings = below.get(parent) ?? [];
    for (const [index, node] of siblings.entries()) {
      const isLast = index === siblings.length - 1;
      const branch = parent === undefined ? '' : `${indent}${isLast ? '└ ' : '├ '}`;
      rows.push({ node, branch: branch.slice(-DEEPEST), others: known(node).slice(1) });
      add(node.name, parent === undefined ? '' : `${indent}${isLast ? '  ' : '│ '}`);
    }
  };
  add(undefined, '');
  return rows;
}
