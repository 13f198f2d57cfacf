import { Aggregates } from '../../aggregation/aggregates.ts';
import { resultTypeOf } from '../../aggregation/result-type.ts';
import type { Millis } from '../../clock.ts';
import { defineOperator, type OperatorBuild, type ResultShape } from '../../component/define.ts';
import type { Operator } from '../../component/operator.ts';
import { aggregatesOf, fieldsExpected, isDeterministic } from '../../expression/analyse.ts';
import { parseExpression } from '../../expression/parse.ts';
import { AlignedWindows } from './aligned.ts';
import type { PaneState } from './cell.ts';
import { Grid } from './grid.ts';
import { fieldsOfKey, Key } from './keys.ts';
import { type WindowOptions, windowOptions } from './options.ts';
import { PaneTable } from './pane-table.ts';
import { Progress, progressType } from './progress.ts';
import { END, type Firing, Results, START } from './results.ts';
import type { SessionState } from './session.ts';
import { SessionTable } from './session-table.ts';
import { Sessions } from './sessions.ts';

export const windowOperator = defineOperator({
  kind: 'operator',
  type: 'window',
  summary: 'aggregates events by key over windows of event time: tumbling, sliding, session',
  options: windowOptions,
  examples: [
    '{ type: window, key: user_id, tumbling: 5m, aggregations: { page_views: count(*), total: sum(value) } }',
    '{ type: window, sliding: 1h, every: 5m, aggregations: { mean: { $avg: temperature } }, having: mean > 30 }',
    '{ type: window, key: [user_id, device], session: 30m, allowed_lateness: 1m, aggregations: { pages: collect_list(page) } }',
  ],
  ports: ['late'],
  needsTime: true,
  keepsState: () => true,
  deterministic(options) {
    if (options.early !== undefined) return 'early firings go by the clock';
    const texts = [...Object.values(options.aggregations), options.having ?? 'TRUE'];
    return texts.every((text) => isDeterministic(parseExpression(text))) || 'an aggregation reads the clock';
  },
  reads: ({ aggregations }, { key, from }) => {
    const summed = Object.values(aggregations).flatMap((text) => {
      const expression = parseExpression(text);
      return aggregatesOf(expression).flatMap((root) => fieldsExpected({ ...expression, root }));
    });
    return from.map(() => [...fieldsOfKey(key), ...summed]);
  },
  results: (options, { name, key }) => {
    const { names } = new Key(key, `${name}.key`);
    // Only to find its mistakes.
    new Results(name, names, options, new Aggregates());
    return resultShape(names, options.aggregations);
  },
  build: async (options, context) => buildWindow(options, context),
});

function resultShape(keys: readonly string[], aggregations: WindowOptions['aggregations']): ResultShape {
  const types = Object.entries(aggregations).map(([name, text]) => [name, resultTypeOf(text)] as const);
  return {
    identity: [...keys, START],
    fields: {
      ...Object.fromEntries(keys.map((name) => [name, 'text'])),
      [START]: 'time',
      [END]: 'time',
      ...Object.fromEntries(types),
    },
  };
}

function buildWindow(options: WindowOptions, context: OperatorBuild): Operator {
  const key = new Key(context.key, `${context.name}.key`);
  const aggregates = new Aggregates();
  const results = new Results(context.name, key.names, options, aggregates);
  const progress = new Progress(context.state('progress', progressType));
  const common = {
    key,
    aggregates,
    results,
    progress,
    lateness: options.allowed_lateness,
    early: options.early,
  };
  if (options.session !== undefined) {
    const states = context.state<SessionState>('sessions', {
      clone: (state) => ({ ...state, slots: aggregates.copy(state.slots) }),
    });
    return new Sessions({
      ...common,
      gap: options.session,
      table: new SessionTable(key, aggregates, states),
    });
  }
  const states = context.state<PaneState>('panes', {
    clone: (state) => ({ ...state, slots: aggregates.copy(state.slots) }),
  });
  const firesOnce = options.allowed_lateness === 0 && options.early === undefined;
  const firings = firesOnce ? undefined : context.state<Firing>('firings', { clone: (firing) => firing });
  const table = new PaneTable(key, aggregates, states);
  return new AlignedWindows({ ...common, grid: new Grid(gridOf(options)), table, firings });
}

function gridOf({ tumbling, sliding, every, offset }: WindowOptions): {
  size: Millis;
  every: Millis;
  offset: Millis;
} {
  const size = (tumbling ?? sliding)!;
  return { size, every: every ?? size, offset };
}
