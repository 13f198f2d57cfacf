import { SpecError } from '../../errors.ts';
import { fieldsOf } from '../../expression/analyse.ts';
import { parseExpression } from '../../expression/parse.ts';

/** The outermost names of the fields that it reads; what is wrong with an expression is told where it is used. */
export function outermostFieldsIn(text: string): readonly string[] {
  try {
    return fieldsOf(parseExpression(text)).map(([name]) => name);
  } catch (error) {
    if (error instanceof SpecError) return [];
    throw error;
  }
}
