/**
 * The one syntax tree of expressions: filters, sets, aggregations, patterns, and what is printed as another dialect.
 * Plain data; nothing in it is changed after parsing.
 */

/** Where a node stands in the text: `[start, end)`, in UTF-16 units. */
interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Literal extends Span {
  readonly kind: 'literal';
  /** An integer that a double can't hold is a bigint. */
  readonly value: null | boolean | number | bigint | string;
}

/** `a.b`, `a['b']`, `a[0]`: the steps down from the event. Numbers are places in an array, from 0. */
export interface Field extends Span {
  readonly kind: 'field';
  readonly path: Path;
}
export type Path = readonly [string, ...(string | number)[]];

export const metadataNames = ['key', 'headers', 'topic', 'partition', 'offset', 'timestamp'] as const;
export type MetadataName = (typeof metadataNames)[number];

/** `$key`, `$headers.trace` …: what the record says beside its value. */
export interface Metadata extends Span {
  readonly kind: 'metadata';
  readonly name: MetadataName;
  readonly path: readonly (string | number)[];
}

export interface Unary extends Span {
  readonly kind: 'unary';
  readonly operator: '-' | 'NOT';
  readonly operand: Node;
}

export const comparisons = ['=', '<>', '<', '<=', '>', '>='] as const;
export type Comparison = (typeof comparisons)[number];
export type Arithmetic = '+' | '-' | '*' | '/' | '%';

export interface Binary extends Span {
  readonly kind: 'binary';
  readonly operator: 'AND' | 'OR' | Comparison | Arithmetic | '||';
  readonly left: Node;
  readonly right: Node;
}

/** `x IS [NOT] NULL`, `x IS [NOT] TRUE`, `x IS [NOT] FALSE`. */
export interface Is extends Span {
  readonly kind: 'is';
  readonly not: boolean;
  readonly operand: Node;
  readonly what: 'NULL' | 'TRUE' | 'FALSE';
}

/** `x IS [NOT] DISTINCT FROM y`. */
export interface Distinct extends Span {
  readonly kind: 'distinct';
  readonly not: boolean;
  readonly left: Node;
  readonly right: Node;
}

export interface In extends Span {
  readonly kind: 'in';
  readonly not: boolean;
  readonly operand: Node;
  readonly list: readonly Node[];
}

export interface Between extends Span {
  readonly kind: 'between';
  readonly not: boolean;
  readonly operand: Node;
  readonly low: Node;
  readonly high: Node;
}

export interface Like extends Span {
  readonly kind: 'like';
  readonly not: boolean;
  readonly operand: Node;
  readonly pattern: Node;
  readonly escape: Node | null;
}

/** With an operand: `CASE x WHEN 1 THEN …`; without one: `CASE WHEN x = 1 THEN …`. */
export interface Case extends Span {
  readonly kind: 'case';
  readonly operand: Node | null;
  readonly branches: readonly { readonly when: Node; readonly result: Node }[];
  readonly otherwise: Node | null;
}

export const castTypes = ['INTEGER', 'DOUBLE', 'TEXT', 'BOOLEAN', 'TIMESTAMP'] as const;
export type CastType = (typeof castTypes)[number];

export interface Cast extends Span {
  readonly kind: 'cast';
  readonly operand: Node;
  readonly type: CastType;
  /** TRY_CAST: NULL instead of an error. */
  readonly attempt: boolean;
}

export interface Call extends Span {
  readonly kind: 'call';
  /** In lower case; an alias has been replaced by the function's own name. */
  readonly name: string;
  readonly arguments: readonly Node[];
}

/** `count(*)` (no arguments), `sum(x)`, `count(DISTINCT x) FILTER (WHERE y)`. */
export interface Aggregate extends Span {
  readonly kind: 'aggregate';
  /** In lower case. */
  readonly name: string;
  readonly arguments: readonly Node[];
  readonly distinct: boolean;
  readonly filter: Node | null;
}

export type Node =
  | Literal
  | Field
  | Metadata
  | Unary
  | Binary
  | Is
  | Distinct
  | In
  | Between
  | Like
  | Case
  | Cast
  | Call
  | Aggregate;

/** A parsed expression: every name in it is known and takes the arguments it has. */
export interface Expression {
  /** What the positions in the tree refer to. */
  readonly text: string;
  /** Where the text was written: `--where`, `job.yaml:12:7`. */
  readonly place: string | undefined;
  readonly root: Node;
}

/** The nodes right below. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'literal':
    case 'field':
    case 'metadata':
      return [];
    case 'unary':
    case 'is':
    case 'cast':
      return [node.operand];
    case 'binary':
    case 'distinct':
      return [node.left, node.right];
    case 'in':
      return [node.operand, ...node.list];
    case 'between':
      return [node.operand, node.low, node.high];
    case 'like':
      return present([node.operand, node.pattern, node.escape]);
    case 'case':
      return present([
        node.operand,
        ...node.branches.flatMap((branch) => [branch.when, branch.result]),
        node.otherwise,
      ]);
    case 'call':
      return node.arguments;
    case 'aggregate':
      return present([...node.arguments, node.filter]);
  }
}

function present(nodes: readonly (Node | null)[]): readonly Node[] {
  return nodes.filter((node) => node !== null);
}

/** The node and all below it, parents first. */
export function nodesOf(root: Node): readonly Node[] {
  const found: Node[] = [];
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    found.push(node);
    // One by one: a call takes no list as long as some that are written.
    for (const child of childrenOf(node).toReversed()) stack.push(child);
  }
  return found;
}
