import { Binding, binaryOperators, reserved } from './precedence.ts';
import type { CastType, Expression, Literal, MetadataName, Node, Path } from './tree.ts';

/** What differs from one SQL to another. All methods give SQL that can stand as an operand. */
export interface Dialect {
  literal(value: Literal['value']): string;
  field(path: Path): string;
  metadata(name: MetadataName, path: readonly (string | number)[]): string;
  cast(operand: string, type: CastType, attempt: boolean): string;
  /** A function by our name for it. */
  call(name: string, operands: readonly string[]): string;
}

/** The expression in its shortest spelling that parses to the same tree. */
export function unparse(expression: Expression): string {
  return print(expression.root, ownDialect);
}

/** The tree in a dialect of SQL, with no more parentheses than it needs. */
export function print(node: Node, dialect: Dialect): string {
  const operand = (child: Node, least: number) => {
    const text = print(child, dialect);
    return bindingOf(child) < least ? `(${text})` : text;
  };
  const list = (children: readonly Node[]) => children.map((child) => print(child, dialect));
  const test = (left: Node, not: boolean, rest: string) =>
    `${operand(left, Binding.equality)} ${not ? 'NOT ' : ''}${rest}`;
  const bound = (child: Node) => operand(child, Binding.equality + 1);

  switch (node.kind) {
    case 'literal':
      return dialect.literal(node.value);
    case 'field':
      return dialect.field(node.path);
    case 'metadata':
      return dialect.metadata(node.name, node.path);
    case 'unary':
      return node.operator === 'NOT'
        ? `NOT ${operand(node.operand, Binding.not)}`
        : `-${operand(node.operand, Binding.sign + 1)}`;
    case 'binary': {
      const own = binaryOperators[node.operator];
      return `${operand(node.left, own)} ${node.operator} ${operand(node.right, own + 1)}`;
    }
    case 'is':
      return `${operand(node.operand, Binding.equality)} IS ${node.not ? 'NOT ' : ''}${node.what}`;
    case 'distinct':
      return `${operand(node.left, Binding.equality)} IS ${node.not ? 'NOT ' : ''}DISTINCT FROM ${bound(node.right)}`;
    case 'in':
      return test(node.operand, node.not, `IN (${list(node.list).join(', ')})`);
    case 'between':
      return test(node.operand, node.not, `BETWEEN ${bound(node.low)} AND ${bound(node.high)}`);
    case 'like':
      return test(
        node.operand,
        node.not,
        `LIKE ${bound(node.pattern)}${node.escape === null ? '' : ` ESCAPE ${bound(node.escape)}`}`,
      );
    case 'case': {
      const branches = node.branches.map(
        ({ when, result }) => `WHEN ${print(when, dialect)} THEN ${print(result, dialect)}`,
      );
      const subject = node.operand === null ? [] : [print(node.operand, dialect)];
      const otherwise = node.otherwise === null ? [] : [`ELSE ${print(node.otherwise, dialect)}`];
      return ['CASE', ...subject, ...branches, ...otherwise, 'END'].join(' ');
    }
    case 'cast':
      return dialect.cast(print(node.operand, dialect), node.type, node.attempt);
    case 'call':
      return dialect.call(node.name, list(node.arguments));
    case 'aggregate': {
      const given = node.arguments.length === 0 ? '*' : list(node.arguments).join(', ');
      const filter = node.filter === null ? '' : ` FILTER (WHERE ${print(node.filter, dialect)})`;
      return `${node.name}(${node.distinct ? 'DISTINCT ' : ''}${given})${filter}`;
    }
  }
}

function bindingOf(node: Node): number {
  switch (node.kind) {
    case 'binary':
      return binaryOperators[node.operator];
    case 'unary':
      return node.operator === 'NOT' ? Binding.not : Binding.sign;
    case 'is':
    case 'distinct':
    case 'in':
    case 'between':
    case 'like':
      return Binding.equality;
    case 'literal':
      return isNegative(node.value) ? Binding.sign : Number.POSITIVE_INFINITY;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

function isNegative(value: Literal['value']): boolean {
  return (typeof value === 'number' || typeof value === 'bigint') && value < 0;
}

const ownDialect: Dialect = {
  literal(value) {
    if (typeof value === 'string') return quoted(value, "'");
    return value === null || typeof value === 'boolean' ? String(value).toUpperCase() : String(value);
  },
  field: ([name, ...rest]) => nameOf(name) + stepsOf(rest),
  metadata: (name, path) => `$${name}${stepsOf(path)}`,
  cast: (operand, type, attempt) => `${attempt ? 'TRY_CAST' : 'CAST'}(${operand} AS ${type})`,
  call: (name, operands) => `${name}(${operands.join(', ')})`,
};

function stepsOf(path: readonly (string | number)[]): string {
  return path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${nameOf(step)}`)).join('');
}

function nameOf(name: string): string {
  const isPlain = /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) && !reserved.has(name.toUpperCase());
  return isPlain ? name : quoted(name, '"');
}

function quoted(text: string, quote: '"' | "'"): string {
  return quote + text.replaceAll(quote, quote + quote) + quote;
}
