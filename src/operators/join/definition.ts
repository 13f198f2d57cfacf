import { defineOperator, type OperatorBuild } from '../../component/define.ts';
import { fieldsExpected, isDeterministic } from '../../expression/analyse.ts';
import { parseExpression } from '../../expression/parse.ts';
import type { Path } from '../../expression/tree.ts';
import type { KeyedState } from '../../state/keyed-state.ts';
import { parseSelection } from '../transform/selection.ts';
import { fieldsOfKey } from '../window/keys.ts';
import { AsOfJoin } from './as-of.ts';
import { conditionOfKey, parseTies, type Tie } from './condition.ts';
import { namesOfInputs } from './inputs.ts';
import { orNull } from './met.ts';
import { Join } from './operator.ts';
import { type JoinOptions, joinOptions } from './options.ts';
import { PairedJoin } from './paired.ts';
import { inSameWindow, within } from './reach.ts';
import { copyOfBlock, type RowBlock, RowBlocks } from './row-blocks.ts';
import { Selection } from './selection.ts';
import { Side } from './side.ts';
import type { Step } from './step.ts';

/** Rows that leave about as they came are kept so many together. */
const IN_TURN = 64;

export const joinOperator = defineOperator({
  kind: 'operator',
  type: 'join',
  summary: 'joins two inputs or more, from left to right, where keys are equal and times are near',
  options: joinOptions,
  examples: [
    '{ type: join, from: [orders, users], on: orders.user_id = users.id, window: 5m, join_type: left, select: [orders.id, users.name AS user] }',
    '{ type: join, from: [views, clicks], key: page, tumbling: 1m, join_type: full }',
    '{ type: join, from: [trades, quotes], on: trades.symbol = quotes.symbol, as_of: true, ttl: 1h }',
  ],
  ports: ['late'],
  needsTime: true,
  keepsState: () => true,
  namesInputs: true,
  deterministic({ on, select = [] }) {
    const expressions = [
      ...(on === undefined ? [] : [parseExpression(on)]),
      ...select.map((text) => parseSelection(text).expression),
    ];
    return expressions.every(isDeterministic) || 'an expression reads the clock';
  },
  reads: ({ on, as }, { key, from }) =>
    (as ?? from).map((name) =>
      on === undefined
        ? fieldsOfKey(key)
        : fieldsExpected(parseExpression(on)).flatMap((path) => fieldIn(name, path)),
    ),
  results: (options, { name, key, from }) => {
    const { selection } = compile(options, { name, key, inputs: from });
    return { identity: [], fields: Object.fromEntries(selection.fields.map((field) => [field, null])) };
  },
  build: async (options, context) => buildJoin(options, context),
});

/** What is read of the input, if it is of that one: of `orders.user_id` it is `user_id`. */
function fieldIn(input: string, [name, ...inner]: Path): Path[] {
  const [first, ...rest] = inner;
  return name === input && typeof first === 'string' ? [[first, ...rest]] : [];
}

function compile(
  options: JoinOptions,
  { name, key, inputs }: Pick<OperatorBuild, 'name' | 'key' | 'inputs'>,
) {
  const names = namesOfInputs(inputs, options.as, name);
  const on = options.on ?? conditionOfKey(key, names, name);
  const ties = parseTies(on, names, `${name}.on`);
  return { names, ties, selection: new Selection(options.select, names, `${name}.select`) };
}

function buildJoin(options: JoinOptions, context: OperatorBuild): Join {
  const { names, ties, selection } = compile(options, context);
  const rows = (number: number, side: string) =>
    context.state<RowBlock>(`${side} ${number}`, { clone: copyOfBlock });
  const steps = ties.map((tie, index) => {
    // Only a single event can be told that its key can't be read.
    const left = index === 0 ? tie.left : tie.left.map(orNull);
    return buildStep(options, { ...tie, left }, rows(index + 1, 'left'), rows(index + 1, 'right'));
  });
  return new Join({ node: context.name, names, steps, selection });
}

function buildStep(
  options: JoinOptions,
  { left: leftKey, right: rightKey, conditions }: Tie,
  leftRows: KeyedState<RowBlock>,
  rightRows: KeyedState<RowBlock>,
): Step {
  const { window, tumbling, ttl, join_type: type } = options;
  const left = new Side({
    key: leftKey,
    isKept: type === 'left' || type === 'full',
    blocks: new RowBlocks(leftRows, IN_TURN),
  });
  const right = new Side({
    key: rightKey,
    isKept: type === 'right' || type === 'full',
    // Those that a row finds stay until there is a newer one of their key.
    blocks: new RowBlocks(rightRows, options.as_of ? 1 : IN_TURN),
  });
  if (options.as_of) return new AsOfJoin({ left, right, conditions, ttl });
  const reach = window === undefined ? inSameWindow(tumbling!) : within(window);
  return new PairedJoin({ reach, left, right, conditions });
}
