import { z } from 'zod';
import { defineOperator, type InnerEndpoint, type OperatorBuild } from '../../component/define.ts';
import type { AsyncStage, StagedPart } from '../../component/operator.ts';
import type { StateType } from '../../state/keyed-state.ts';
import { decisive, expectedOf, type GivenStep } from './fields-read.ts';
import { type NamedStep, Pipeline } from './pipeline.ts';
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
    'changes events one by one, in ordered steps: filter, set, select, drop, rename, parse, explode, sample, dedupe, rate_limit, lookup, module',
  options,
  examples: [
    "{ type: transform, steps: [ { filter: \"value > 0 AND action IN ('click', 'view')\" }, { set: { double: value * 2 } } ] }",
    '{ type: transform, steps: [ { name: slim, select: [user_id, user.city, value / 100 AS euros] } ] }',
    '{ type: transform, steps: [ { drop: [password, user.token] }, { rename: { ts: time } } ] }',
    '{ type: transform, steps: [ { parse: { field: payload, as: json } }, { explode: payload.items } ] }',
    '{ type: transform, steps: [ { sample: { fraction: 0.1, by: user_id } } ] }',
    '{ type: transform, steps: [ { dedupe: { key: id, within: 10m } }, { rate_limit: 500 } ] }',
    '{ type: transform, steps: [ { lookup: { into: user, key: user_id, via: file, path: users.jsonl, by: id, on_miss: dead_letter } } ] }',
    '{ type: transform, steps: [ { lookup: { into: user, key: user_id, via: cassandra, table: app.users } }, { module: ./price.ts } ] }',
  ],
  ports: [],
  needsTime: false,
  timedOption({ steps }) {
    const index = steps.findIndex(keepsState);
    return index < 0 ? undefined : ['steps', index, kindOf(steps[index]!).definition.type];
  },
  keepsState: ({ steps }) => steps.some(keepsState),
  endpoints(written) {
    const steps = (written as { steps?: unknown } | null | undefined)?.steps;
    return Array.isArray(steps) ? steps.flatMap(endpointsIn) : [];
  },
  deterministic({ steps }) {
    const reasons = steps.map((step) => {
      const { definition, given } = kindOf(step);
      return definition.nonDeterminism?.(given);
    });
    return reasons.find((reason) => reason !== undefined) ?? true;
  },
  decidesBy: ({ steps }) => decisive(steps.map(kindOf)),
  reads: ({ steps }, { from }) => {
    const expected = expectedOf(steps.map(kindOf));
    return from.map(() => expected);
  },
  build: async ({ steps }, context) => {
    const { first, stages } = await buildParts(steps, context);
    const pipeline = new Pipeline(first);
    return stages.length === 0 ? pipeline : Object.assign(pipeline, { stages });
  },
});

function endpointsIn(step: unknown, index: number): InnerEndpoint[] {
  if (typeof step !== 'object' || step === null) return [];
  return stepDefinitions.flatMap((definition) => {
    const endpoint = definition.endpoint?.(givenFor({ ...step }, definition.type));
    return endpoint === undefined ? [] : [{ ...endpoint, path: ['steps', index, definition.type] }];
  });
}

/** The steps up to the first that waits, and each that waits with the steps behind it. */
async function buildParts(
  steps: readonly StepOptions[],
  context: OperatorBuild,
): Promise<{ first: NamedStep[]; stages: StagedPart[] }> {
  const first: NamedStep[] = [];
  const waiting: { name: string | undefined; stage: AsyncStage; rest: NamedStep[] }[] = [];
  let owned = false;
  for (const [index, step] of steps.entries()) {
    const { definition, given } = kindOf(step);
    const build = {
      place: `${context.name}, step ${index + 1} (${definition.type})`,
      owned,
      state: <T>(id: string, type: StateType<T>) => context.state(`${index + 1} ${id}`, type),
    };
    if (definition.waits) {
      waiting.push({ name: step.name, stage: await definition.build(given, build), rest: [] });
      owned = false;
    } else {
      (waiting.at(-1)?.rest ?? first).push({ name: step.name, run: definition.build(given, build) });
      owned ||= definition.copies;
    }
  }
  return { first, stages: waiting.map((part) => ({ ...part, rest: new Pipeline(part.rest) })) };
}

function keepsState(step: StepOptions): boolean {
  return kindOf(step).definition.keepsState ?? false;
}

function kindOf(step: StepOptions): GivenStep {
  const definition = stepDefinitions.find(({ type }) => givenFor(step, type) !== undefined)!;
  return { definition, given: givenFor(step, definition.type) };
}

function givenFor(step: Readonly<Record<string, unknown>>, type: string): unknown {
  return step[type];
}
