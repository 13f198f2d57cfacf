import type { PlannedOperator } from '../plan/model.ts';
import { KeyedState, type StateType } from '../state/keyed-state.ts';
import type { AnyState, BuiltOperator } from './operator-node.ts';

/** An operator with the keyed state that it asks for. */
export async function buildOperator(planned: PlannedOperator, job: string): Promise<BuiltOperator> {
  const { spec, definition } = planned;
  const states = new Map<string, AnyState>();
  const operator = await definition.build(spec.options, {
    name: spec.name,
    job,
    key: spec.key,
    inputs: spec.from,
    state<T>(id: string, type: StateType<T>) {
      const state = new KeyedState(type);
      states.set(id, state as AnyState);
      return state;
    },
  });
  return { planned, operator, states };
}
