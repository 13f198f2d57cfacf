import { DataError } from '../errors.ts';
import type { Event, JsonObject, Value } from '../event.ts';
import { aggregatesOf } from '../expression/analyse.ts';
import { compileScalar } from '../expression/compile.ts';
import type { DoubleQuotes } from '../expression/lexer.ts';
import { parseExpression } from '../expression/parse.ts';
import { problemAt } from '../expression/problem.ts';
import type { Scalar } from '../expression/scalar.ts';
import { type Aggregate, type Expression, type Field, type Node, nodesOf } from '../expression/tree.ts';
import type { Slots } from './accumulator.ts';
import type { Aggregates } from './aggregates.ts';

/** What an expression over aggregates gives for a group; `row` holds the fields that stand outside aggregates. */
export type Formula = (slots: Slots, row: JsonObject) => Value;

export interface FormulaOptions {
  /** Where the text was written, for messages. */
  readonly place?: string;
  /** The fields that may stand outside aggregates: those that are the same for the whole group. */
  readonly fields: readonly string[];
  /** How `"…"` is read; a name by default. */
  readonly doubleQuotes?: DoubleQuotes;
}

/**
 * Compiles an expression over aggregates, `sum(value) / count(*)`, and lets `aggregates` know what it needs. Where the
 * results don't fit one another (a text and a number are added) it gives NULL: there is no event to blame.
 * Throws SpecError.
 */
export function compileFormula(text: string, aggregates: Aggregates, options: FormulaOptions): Formula {
  const expression = parseExpression(text, options);
  const numbers = new Map<Aggregate, number>();
  for (const call of aggregatesOf(expression)) {
    numbers.set(call, aggregates.include(call, expression));
  }
  const only = numbers.get(expression.root as Aggregate);
  if (only !== undefined) return (slots) => aggregates.result(only, slots);
  checkFields(expression, options);

  const root = replaceAggregates(expression.root, (call) => resultField(call, numbers.get(call)!)) as Node;
  const evaluate = compileScalar({ ...expression, root });
  const needed = [...new Set(numbers.values())];
  return (slots, row) => {
    const value: JsonObject = { ...row };
    for (const number of needed) value[nameOf(number)] = aggregates.result(number, slots);
    return evaluateOrNull(evaluate, value);
  };
}

function evaluateOrNull(evaluate: Scalar, value: JsonObject): Value {
  try {
    // The fields were checked: nothing but the value is looked at.
    return evaluate({ value } as Event);
  } catch (error) {
    if (error instanceof DataError) return null;
    throw error;
  }
}

function checkFields(expression: Expression, { fields }: FormulaOptions): void {
  const inside = new Set(aggregatesOf(expression).flatMap((call) => [...nodesOf(call)]));
  for (const node of nodesOf(expression.root)) {
    if (inside.has(node)) continue;
    const isKnown = node.kind === 'field' ? fields.includes(node.path[0]) : node.kind !== 'metadata';
    if (isKnown) continue;
    const name = expression.text.slice(node.start, node.end);
    throw problemAt(
      expression,
      node.start,
      `"${name}" is not the same for all events`,
      `aggregate it, as in max(${name}), or make it a key`,
    );
  }
}

/** The tree with something else in the place of each aggregate; it is plain data, so every part is walked alike. */
function replaceAggregates(part: unknown, replacement: (call: Aggregate) => Node): unknown {
  if (typeof part !== 'object' || part === null) return part;
  if (Array.isArray(part)) return part.map((each) => replaceAggregates(each, replacement));
  if ('kind' in part && part.kind === 'aggregate') return replacement(part as Aggregate);
  return Object.fromEntries(
    Object.entries(part).map(([name, each]) => [name, replaceAggregates(each, replacement)]),
  );
}

function resultField({ start, end }: Aggregate, number: number): Field {
  return { kind: 'field', path: [nameOf(number)], start, end };
}

/** No event has a field of such a name that could be asked for outside an aggregate. */
function nameOf(number: number): string {
  return `aggregate ${number}`;
}
