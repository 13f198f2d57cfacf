import { fieldsExpected, fieldsOf, isDeterministic } from '../../../expression/analyse.ts';
import { compilePredicate } from '../../../expression/compile.ts';
import { expressionOption } from '../../../expression/option.ts';
import { parseExpression } from '../../../expression/parse.ts';
import { defineStep } from './define.ts';

export const filter = defineStep({
  type: 'filter',
  options: expressionOption().describe('Passes on the events for which this is TRUE'),
  copies: false,
  nonDeterminism: (text) => (isDeterministic(parseExpression(text)) ? undefined : 'a filter uses now()'),
  decidesBy: (text) => fieldsOf(parseExpression(text)),
  reads: (text) => fieldsExpected(parseExpression(text)),
  build(text, { place }) {
    const holds = compilePredicate(parseExpression(text, { place }));
    return (event) => (holds(event) ? event : null);
  },
});
