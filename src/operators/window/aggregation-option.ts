import { z } from 'zod';
import { Aggregates } from '../../aggregation/aggregates.ts';
import { SpecError } from '../../errors.ts';
import { aggregatesOf } from '../../expression/analyse.ts';
import { parseExpression } from '../../expression/parse.ts';
import { problemAt } from '../../expression/problem.ts';
import type { Expression } from '../../expression/tree.ts';

/** `{ $sum: 1 }`, `{ $avg: value }` → the call. */
const operators = { $sum: 'sum', $avg: 'avg', $min: 'min', $max: 'max', $addToSet: 'collect_set' } as const;

const expected = 'must be an expression such as sum(value), or one of { $sum, $avg, $min, $max, $addToSet }';
const oneOperator = 'takes one operator: $sum, $avg, $min, $max or $addToSet';

/** One aggregation: an expression over aggregates, or an operator and its operand. It comes out as an expression. */
export function aggregationOption() {
  const operand = z.union([z.string(), z.number()]);
  const shape = Object.fromEntries(Object.keys(operators).map((name) => [name, operand.optional()]));
  const operator = z.strictObject(shape).transform((given, context) => {
    const [call, another] = Object.entries(given).map(callOf);
    if (call !== undefined && another === undefined) return call;
    // An operator that there is not has been complained about.
    if (context.issues.length === 0) {
      context.addIssue({ code: 'custom', message: oneOperator, params: { besideOthers: true } });
    }
    return z.NEVER;
  });
  return z.union([z.string(), operator], expected).superRefine((text, context) => {
    // What has been complained about comes this far.
    if (typeof text === 'string') check(text, context, true);
  });
}

/** A condition on results; it may name their fields, and aggregates. */
export function havingOption() {
  return z
    .string('must be an expression, as text')
    .superRefine((text, context) => check(text, context, false));
}

function callOf([name, operand]: [string, string | number | undefined]): string {
  if (name === '$sum' && Number(operand) === 1) return 'count(*)';
  return `${operators[name as keyof typeof operators]}(${operand})`;
}

function check(text: string, context: z.RefinementCtx, needsAggregate: boolean): void {
  try {
    const expression = parseExpression(text);
    const calls = aggregatesOf(expression);
    const aggregates = new Aggregates();
    for (const call of calls) aggregates.include(call, expression);
    if (needsAggregate && calls.length === 0) throw noAggregate(expression);
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const place = error.place === undefined ? '' : `at ${error.place}: `;
    const hint = error.hint === undefined ? '' : `; ${error.hint}`;
    context.addIssue({ code: 'custom', message: place + error.message + hint, params: { problem: error } });
  }
}

function noAggregate(expression: Expression): SpecError {
  return problemAt(
    expression,
    expression.root.start,
    'this aggregates nothing',
    'for example sum(value) or count(*)',
  );
}
