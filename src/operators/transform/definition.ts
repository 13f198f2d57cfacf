import { z } from 'zod';
import { defineOperator, type OperatorBuild } from '../../component/define.ts';
import { type NamedStep, Pipeline } from './pipeline.ts';
import type { StepDefinition } from './steps/define.ts';
import { stepDefinitions } from './steps/index.ts';

const byType = new Map(stepDefinitions.map((definition) => [definition.type, definition]));
const types = [...byType.keys()];
const expected = `must have one of ${types.join(', ')}`;

const kinds = Object.fromEntries(types.map((type) => [type, byType.get(type)!.options.optional()]));

/** `{ filter: … }`, and a name for dead letters if the step has one. */
const stepOptions = z
  .strictObject({
    name: z.string().min(1).optional().describe('A name for the step, which its dead letters carry'),
    ...kinds,
  })
  .refine((step) => types.filter((type) => givenFor(step, type) !== undefined).length === 1, expected);

const options = z.strictObject({
  steps: z.array(stepOptions).min(1).describe('What is done to each event, in this order'),
});
type StepOptions = z.output<typeof options>['steps'][number];

export const transformOperator = defineOperator({
  kind: 'operator',
  type: 'transform',
  summary:
    'changes events one by one, in ordered steps: filter, set, select, drop, rename, parse, explode, sample',
  options,
  examples: [
    "{ type: transform, steps: [ { filter: \"value > 0 AND action IN ('click', 'view')\" }, { set: { double: value * 2 } } ] }",
    '{ type: transform, steps: [ { name: slim, select: [user_id, user.city, value / 100 AS euros] } ] }',
    '{ type: transform, steps: [ { drop: [password, user.token] }, { rename: { ts: time } } ] }',
    '{ type: transform, steps: [ { parse: { field: payload, as: json } }, { explode: payload.items } ] }',
    '{ type: transform, steps: [ { sample: { fraction: 0.1, by: user_id } } ] }',
  ],
  ports: [],
  needsTime: false,
  deterministic({ steps }) {
    const reasons = steps.map((step) => {
      const { definition, given } = kindOf(step);
      return definition.nonDeterminism?.(given);
    });
    return reasons.find((reason) => reason !== undefined) ?? true;
  },
  build: async ({ steps }, context) => new Pipeline(buildSteps(steps, context)),
});

function buildSteps(steps: readonly StepOptions[], context: OperatorBuild): NamedStep[] {
  let owned = false;
  return steps.map((step, index) => {
    const { definition, given } = kindOf(step);
    const place = `${context.name}, step ${index + 1} (${definition.type})`;
    const run = definition.build(given, { place, owned });
    owned ||= definition.copies;
    return { name: step.name, run };
  });
}

function kindOf(step: StepOptions): { definition: StepDefinition; given: unknown } {
  const definition = stepDefinitions.find(({ type }) => givenFor(step, type) !== undefined)!;
  return { definition, given: givenFor(step, definition.type) };
}

function givenFor(step: Readonly<Record<string, unknown>>, type: string): unknown {
  return step[type];
}
