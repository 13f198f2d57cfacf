import { defineOperator, type OperatorBuild, type ResultShape } from '../../component/define.ts';
import { fieldsExpected, isDeterministic } from '../../expression/analyse.ts';
import { parseExpression } from '../../expression/parse.ts';
import type { Scalar } from '../../expression/scalar.ts';
import type { Path } from '../../expression/tree.ts';
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
import { RowKey } from './row-key.ts';
import { Selection } from './selection.ts';
import { Side } from './side.ts';
import type { Step } from './step.ts';
import { copyOfVersions, type KeyVersions, Versions } from './versions.ts';

/** So many rows are kept together: they leave about as they came. */
const BLOCK_ROWS = 64;

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
  { name, key, inputs, shapes = [] }: Pick<OperatorBuild, 'name' | 'key' | 'inputs' | 'shapes'>,
) {
  const names = namesOfInputs(inputs, options.as, name);
  const on = options.on ?? conditionOfKey(key, names, name);
  const known = names.map((each, index) => ({ name: each, times: timesIn(shapes[index]) }));
  const ties = parseTies(on, known, `${name}.on`);
  return { names, ties, selection: new Selection(options.select, names, `${name}.select`) };
}

/** The fields that hold timestamps. */
function timesIn(shape: ResultShape | undefined): readonly string[] {
  const fields = Object.entries(shape?.fields ?? {});
  return fields.filter(([, type]) => type === 'time').map(([name]) => name);
}

function buildJoin(options: JoinOptions, context: OperatorBuild): Join {
  const { names, ties, selection } = compile(options, context);
  const steps = ties.map((tie, index) => {
    // Only a single event can be told that its key can't be read.
    const left = index === 0 ? tie.left : tie.left.map(orNull);
    return buildStep(options, { ...tie, left }, index + 1, context);
  });
  return new Join({ node: context.name, names, steps, selection });
}

function buildStep(
  options: JoinOptions,
  { left: leftKey, right: rightKey, conditions }: Tie,
  number: number,
  context: OperatorBuild,
): Step {
  const { window, tumbling, ttl, join_type: type } = options;
  const side = (name: string, key: readonly Scalar[], isKept: boolean) => {
    const rows = context.state<RowBlock>(`${name} ${number}`, { clone: copyOfBlock });
    return new Side({ key: new RowKey(key), isKept, blocks: new RowBlocks(rows, BLOCK_ROWS) });
  };
  const left = side('left', leftKey, type === 'left' || type === 'full');
  if (options.as_of) {
    const versions = context.state<KeyVersions>(`right ${number}`, { clone: copyOfVersions });
    return new AsOfJoin({ left, right: new Versions(new RowKey(rightKey), versions), conditions, ttl });
  }
  const right = side('right', rightKey, type === 'right' || type === 'full');
  const reach = window === undefined ? inSameWindow(tumbling!) : within(window);
  return new PairedJoin({ reach, left, right, conditions });
}
