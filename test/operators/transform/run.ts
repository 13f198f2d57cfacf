import type { OperatorBuild } from '../../../src/component/define.ts';
import type { Context } from '../../../src/component/operator.ts';
import { DataError } from '../../../src/errors.ts';
import { Event, type JsonObject, type Records } from '../../../src/event.ts';
import { transformOperator } from '../../../src/operators/transform/definition.ts';
import { KeyedState } from '../../../src/state/keyed-state.ts';

/** A node of its own. */
export const build: OperatorBuild = {
  name: 'node',
  job: 'job',
  key: [],
  inputs: ['in'],
  state: (_id, type) => new KeyedState(type),
};

/** What became of the events, each by its value. */
export interface Outcome {
  readonly emitted: (JsonObject | null)[];
  readonly filtered: (JsonObject | null)[];
  readonly rejected: { value: JsonObject | null; code: string; message: string; step?: string }[];
  /** The identities of what was emitted; null is the record's own. */
  readonly ids: (string | null)[];
  /** Events made in addition to those that came in. */
  readonly made: number;
}

/** Runs steps over events of these values, as records 0, 1, 2 … of partition p of the source `in`. */
export async function transform(
  steps: readonly unknown[],
  values: readonly (JsonObject | null)[],
): Promise<Outcome> {
  const options = transformOperator.options.parse({ steps });
  const operator = await transformOperator.build(options, build);
  const outcome = { emitted: [], filtered: [], rejected: [], ids: [], made: 0 } as Outcome & { made: number };
  const reject = (event: Event, error: DataError) =>
    void outcome.rejected.push({
      value: event.value,
      code: error.code,
      message: error.message,
      ...(error.step !== null && { step: error.step }),
    });
  const context: Pick<Context, 'emit' | 'filtered' | 'made' | 'reject'> = {
    emit(event) {
      outcome.emitted.push(event.value);
      outcome.ids.push(event.id);
    },
    filtered: (event) => void outcome.filtered.push(event.value),
    made: (more) => {
      outcome.made += more;
    },
    reject,
  };
  const records = { partition: 'p', offset: (index: number) => index } as Records;
  for (const [index, value] of values.entries()) {
    const event = new Event(value, index, { source: 'in', records, readAt: 0 }, index);
    try {
      operator.process(event, context as Context, 0);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      reject(event, error);
    }
  }
  return outcome;
}
