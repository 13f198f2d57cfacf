import { SpecError } from '../../errors.ts';
import { fieldNameProblem, isFieldName } from '../../expression/field-name.ts';
import { parseLeadingExpression } from '../../expression/parse.ts';
import type { Expression, Node } from '../../expression/tree.ts';
import { parseTarget } from './paths.ts';

/** One column of a select: an expression and its name. */
export interface Selection {
  readonly name: string;
  readonly expression: Expression;
}

/** `a`, `user.city`, `value * 2 AS double`. Throws SpecError. */
export function parseSelection(text: string, place?: string): Selection {
  const options = place === undefined ? {} : { place };
  const { expression, end } = parseLeadingExpression(text, 0, options);
  const rest = text.slice(end);
  if (rest.trim() === '') return { name: nameOf(expression.root, text, options), expression };
  const [, alias] = /^AS\s+(.+)$/is.exec(rest) ?? [];
  if (alias === undefined) {
    throw new SpecError(`"${text}" goes on after its expression, with "${rest}"`, {
      ...options,
      hint: 'a column is an expression, or an expression AS name',
    });
  }
  const [name, ...deeper] = parseTarget(alias, place);
  if (deeper.length > 0)
    throw new SpecError(`a column's name can't be a path, as "${alias}" is`, {
      ...options,
      hint: 'give it a name without a dot',
    });
  return { name, expression };
}

/** A field's own name: the last step of its path. */
function nameOf(root: Node, text: string, where: { place?: string }): string {
  const steps = root.kind === 'field' ? root.path : root.kind === 'metadata' ? [root.name, ...root.path] : [];
  const last = steps.at(-1);
  if (typeof last === 'string' && isFieldName(last)) return last;
  if (typeof last === 'string') throw fieldNameProblem(last, where);
  throw new SpecError(`the column "${text}" has no name`, { ...where, hint: `give it one: ${text} AS name` });
}
