import type { Plan, PlannedOperator } from '../plan/model.ts';
import { shapeOf } from '../plan/plan.ts';
import { KeyedState, type StateType } from '../state/keyed-state.ts';
import type { AnyState, BuiltOperator } from './operator-node.ts';

/** One of the job's operators with the keyed state that it asks for. */
export async function buildOperator(
  planned: PlannedOperator,
  { spec: { name: job }, operators }: Pick<Plan, 'spec' | 'operators'>,
): Promise<BuiltOperator> {
  const { spec, definition, inputs } = planned;
  const states = new Map<string, AnyState>();
  const operator = await definition.build(spec.options, {
    name: spec.name,
    job,
    key: spec.key,
    inputs: spec.from,
    shapes: inputs.map((input) => shapeOf(input, operators)),
    state<T>(id: string, type: StateType<T>) {
      const state = new KeyedState(type);
      states.set(id, state as AnyState);
      return state;
    },
  });
  return { planned, operator, states };
}
