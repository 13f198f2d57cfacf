import { z } from 'zod';
import { derive, type Event, type Value } from '../../../event.ts';
import { fieldsExpected, isDeterministic } from '../../../expression/analyse.ts';
import { compileScalar } from '../../../expression/compile.ts';
import { expressionOption } from '../../../expression/option.ts';
import { parseExpression } from '../../../expression/parse.ts';
import type { Scalar } from '../../../expression/scalar.ts';
import { targetOption } from '../options.ts';
import { parseTarget, type Target, write } from '../paths.ts';
import { defineStep, type Step } from './define.ts';

interface Assignment {
  readonly target: Target;
  readonly evaluate: Scalar;
}

export const set = defineStep({
  type: 'set',
  options: z
    .record(targetOption(), expressionOption(), 'must be a map of names and expressions')
    .describe(
      'Fields to write, each with its expression; all of them see the event as it was before the step',
    ),
  copies: true,
  passesAll: true,
  nonDeterminism: (fields) =>
    Object.values(fields).every((text) => isDeterministic(parseExpression(text)))
      ? undefined
      : 'a field is set from now()',
  reads: (fields) => Object.values(fields).flatMap((text) => fieldsExpected(parseExpression(text))),
  makes: (fields) => Object.keys(fields).map((name) => parseTarget(name)[0]),
  build(fields, { place, owned }) {
    const assignments = Object.entries(fields).map(([name, text]) => ({
      target: parseTarget(name, place),
      evaluate: compileScalar(parseExpression(text, { place: `${place}, ${name}` })),
    }));
    const [only, ...others] = assignments;
    if (only !== undefined && others.length === 0) return setOne(only, owned);
    return setAll(assignments, owned);
  },
});

function setOne({ target, evaluate }: Assignment, owned: boolean): Step {
  const [name, ...rest] = target;
  return (event) => {
    const { value } = event;
    // A tombstone has no fields to set.
    if (value === null) return event;
    const result = evaluate(event);
    const own = owned ? value : { ...value };
    if (rest.length === 0) own[name] = result;
    else write(own, target, result);
    return owned ? event : derive(event, own);
  };
}

function setAll(assignments: readonly Assignment[], owned: boolean): Step {
  const results: Value[] = assignments.map(() => null);
  return (event: Event) => {
    const { value } = event;
    if (value === null) return event;
    for (let index = 0; index < assignments.length; index++) {
      results[index] = assignments[index]!.evaluate(event);
    }
    const own = owned ? value : { ...value };
    for (let index = 0; index < assignments.length; index++) {
      write(own, assignments[index]!.target, results[index]!);
    }
    return owned ? event : derive(event, own);
  };
}
