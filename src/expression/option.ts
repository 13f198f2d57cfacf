import { z } from 'zod';
import { SpecError } from '../errors.ts';
import { compileScalar } from './compile.ts';
import { parseExpression } from './parse.ts';

/** What an option's issue carries in `params`: the mistake, whose place counts from the start of the text. */
export interface ExpressionIssue {
  readonly problem: SpecError;
}

const expected = 'must be an expression, as text';
const written = z.union(
  [z.string(expected), z.number(expected), z.boolean(expected), z.null(expected)],
  expected,
);

/**
 * A field of a component's options that holds an expression of single events; it stays the text that it was. A number,
 * TRUE, FALSE or NULL need no quotes in YAML.
 */
export function expressionOption() {
  return written.transform(String).superRefine((text, context) => {
    const problem = problemIn(text);
    if (problem === undefined) return;
    const hint = problem.hint === undefined ? '' : `; ${problem.hint}`;
    const params: ExpressionIssue = { problem };
    context.addIssue({
      code: 'custom',
      message: `at ${problem.place}: ${problem.message}${hint}`,
      params: { ...params },
    });
  });
}

function problemIn(text: string): SpecError | undefined {
  try {
    compileScalar(parseExpression(text));
    return undefined;
  } catch (error) {
    if (error instanceof SpecError) return error;
    throw error;
  }
}
