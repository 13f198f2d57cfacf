import { unsavable } from '../checkpoint/state-chunks.ts';
import type { ResultShape } from '../component/define.ts';
import { typeNamed } from '../expression/resolve.ts';
import type { Input, Plan, PlannedOperator, PlannedSource } from '../plan/model.ts';
import { shapeOf } from '../plan/plan.ts';
import { KeyedState, type StateType } from '../state/keyed-state.ts';
import type { AnyState, BuiltOperator } from './operator-node.ts';

/** One of the job's operators with the keyed state that it asks for. */
export async function buildOperator(
  planned: PlannedOperator,
  { spec: { name: job }, sources, operators }: Pick<Plan, 'spec' | 'sources' | 'operators'>,
): Promise<BuiltOperator> {
  const { spec, definition, inputs } = planned;
  const states = new Map<string, AnyState>();
  const operator = await definition.build(spec.options, {
    name: spec.name,
    job,
    key: spec.key,
    inputs: spec.from,
    shapes: inputs.map((input) => shapeOf(input, operators) ?? declaredBy(input, sources)),
    state<T>(id: string, type: StateType<T>) {
      const state = new KeyedState({ clone: copierOf(type, spec.name) });
      states.set(id, state as AnyState);
      return state;
    },
  });
  return { planned, operator, states };
}

/** Copies as the type does; what can't be copied is told of with the node that keeps it. */
function copierOf<T>(type: StateType<T>, node: string): StateType<T>['clone'] {
  return (value) => {
    try {
      return type.clone(value);
    } catch (error) {
      throw unsavable(node, error);
    }
  };
}

/** What a source's schema says of its events: which fields are timestamps. */
function declaredBy({ node }: Input, sources: readonly PlannedSource[]): ResultShape | undefined {
  const schema = sources.find(({ spec }) => spec.name === node)?.spec.schema;
  if (schema === undefined) return undefined;
  const times = Object.entries(schema).filter(([, type]) => typeNamed(type) === 'TIMESTAMP');
  return { identity: [], fields: Object.fromEntries(times.map(([name]) => [name, 'time'])) };
}
