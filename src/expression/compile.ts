import { type Clock, systemClock } from '../clock.ts';
import { DataError } from '../errors.ts';
import type { Event, Value } from '../event.ts';
import { isConstant } from './analyse.ts';
import { compileArithmetic, compileConcatenation, compileNegation } from './arithmetic.ts';
import { compileCast } from './cast.ts';
import { compileBetween, compileComparison, compileDistinct, compileIn } from './comparison.ts';
import { compileFieldComparison } from './field-comparison.ts';
import { compileField, compileMetadata } from './fields.ts';
import { scalarFunctions } from './functions/index.ts';
import { compileLike } from './like.ts';
import { compileAnd, compileCase, compileIs, compileNot, compileOr, isTrue } from './logic.ts';
import { problemAt, type Text } from './problem.ts';
import { constant, constantOf, type Predicate, type Scalar } from './scalar.ts';
import type { Binary, Call, Case, Expression, Node } from './tree.ts';

export interface CompileOptions {
  /** What NOW() reads. */
  readonly clock?: Pick<Clock, 'now'>;
}

/** Turns the tree into closures, once; `event => value`. Throws SpecError for an aggregate: it has no single event. */
export function compileScalar(expression: Expression, options: CompileOptions = {}): Scalar {
  return new Compiler(expression, options).scalar(expression.root);
}

/** `event => boolean`: whether the expression is TRUE. */
export function compilePredicate(expression: Expression, options: CompileOptions = {}): Predicate {
  return new Compiler(expression, options).predicate(expression.root);
}

class Compiler {
  readonly #source: Text;
  readonly #clock: Pick<Clock, 'now'>;
  /** How many conditions decide whether the node at hand is looked at, at all. */
  #guards = 0;

  constructor(source: Text, options: CompileOptions) {
    this.#source = source;
    this.#clock = options.clock ?? systemClock;
  }

  scalar(node: Node): Scalar {
    const scalar = this.#checked(node);
    return node.kind !== 'literal' && isConstant(node) ? this.#folded(node, scalar) : scalar;
  }

  predicate(node: Node): Predicate {
    if (node.kind !== 'binary') return isTrue(this.scalar(node));
    if (node.operator === 'AND') {
      const left = this.predicate(node.left);
      const right = this.#guarded(() => this.predicate(node.right));
      return (event) => left(event) && right(event);
    }
    if (node.operator === 'OR') {
      const left = this.predicate(node.left);
      const right = this.#guarded(() => this.predicate(node.right));
      return (event) => left(event) || right(event);
    }
    const limit = constantOf(this.scalar(node.right));
    return compileFieldComparison(node, limit) ?? isTrue(this.scalar(node));
  }

  /** What is wrong whatever the event (a pattern that is none) is a mistake in the expression. */
  #checked(node: Node): Scalar {
    try {
      return this.#compile(node);
    } catch (error) {
      throw error instanceof DataError ? problemAt(this.#source, node.start, error.message) : error;
    }
  }

  /** Evaluated now. What fails now would fail for every event, unless a condition keeps events from it. */
  #folded(node: Node, scalar: Scalar): Scalar {
    try {
      return constant(evaluateConstant(scalar));
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      if (this.#guards > 0) return scalar;
      throw problemAt(this.#source, node.start, error.message);
    }
  }

  #guarded<Compiled>(compile: () => Compiled): Compiled {
    this.#guards++;
    const compiled = compile();
    this.#guards--;
    return compiled;
  }

  #compile(node: Node): Scalar {
    switch (node.kind) {
      case 'literal':
        return constant(node.value);
      case 'field':
        return compileField(node.path);
      case 'metadata':
        return compileMetadata(node.name, node.path);
      case 'unary': {
        const operand = this.scalar(node.operand);
        return node.operator === 'NOT' ? compileNot(operand) : compileNegation(operand);
      }
      case 'binary':
        return this.#binary(node);
      case 'is':
        return compileIs(this.scalar(node.operand), node.what, node.not);
      case 'distinct':
        return compileDistinct(this.scalar(node.left), this.scalar(node.right), node.not);
      case 'in':
        return compileIn(this.scalar(node.operand), this.#scalars(node.list), node.not);
      case 'between':
        return compileBetween(
          this.scalar(node.operand),
          this.scalar(node.low),
          this.scalar(node.high),
          node.not,
        );
      case 'like': {
        const mark = node.escape === null ? null : this.scalar(node.escape);
        return compileLike(this.scalar(node.operand), this.scalar(node.pattern), mark, node.not);
      }
      case 'case':
        return this.#guarded(() => this.#case(node));
      case 'cast':
        return compileCast(this.scalar(node.operand), node.type, node.attempt);
      case 'call':
        return this.#call(node);
      case 'aggregate':
        throw problemAt(
          this.#source,
          node.start,
          `${node.name} is an aggregate: it has no meaning for a single event`,
          'aggregates stand in windows and patterns',
        );
    }
  }

  #scalars(nodes: readonly Node[]): Scalar[] {
    return nodes.map((node) => this.scalar(node));
  }

  #binary({ operator, left: leftNode, right: rightNode }: Binary): Scalar {
    const left = this.scalar(leftNode);
    const decides = operator === 'AND' || operator === 'OR';
    const right = decides ? this.#guarded(() => this.scalar(rightNode)) : this.scalar(rightNode);
    switch (operator) {
      case 'AND':
        return compileAnd(left, right);
      case 'OR':
        return compileOr(left, right);
      case '||':
        return compileConcatenation(left, right);
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
        return compileArithmetic(operator, left, right);
      default:
        return compileComparison(operator, left, right);
    }
  }

  #case(node: Case): Scalar {
    const otherwise = node.otherwise === null ? constant(null) : this.scalar(node.otherwise);
    const operand = node.operand === null ? null : this.scalar(node.operand);
    const branches = node.branches.map(({ when, result }) => ({
      when:
        operand === null ? this.predicate(when) : isTrue(compileComparison('=', operand, this.scalar(when))),
      result: this.scalar(result),
    }));
    return compileCase(branches, otherwise);
  }

  #call(node: Call): Scalar {
    const definition = scalarFunctions.get(node.name)!;
    const given = definition.guards
      ? this.#guarded(() => this.#scalars(node.arguments))
      : this.#scalars(node.arguments);
    return definition.compile({
      arguments: given,
      constant: (index) => (given[index] === undefined ? undefined : constantOf(given[index])),
      clock: this.#clock,
    });
  }
}

/** A constant looks at no event. */
function evaluateConstant(scalar: Scalar): Value {
  return scalar(undefined as unknown as Event);
}
