import { isDeepStrictEqual } from 'node:util';
import { defineOperator } from '../../component/define.ts';
import { fieldsOf, isDeterministic } from '../../expression/analyse.ts';
import { parseExpression } from '../../expression/parse.ts';
import { KeyedState } from '../../state/keyed-state.ts';
import { fieldsOfKey } from '../window/keys.ts';
import { buildParts } from './build.ts';
import { Detect } from './operator.ts';
import { type DetectOptions, detectOptions, detectorIn } from './options.ts';
import { parsePattern } from './pattern/grammar.ts';

export const detectOperator = defineOperator({
  kind: 'operator',
  type: 'detect',
  summary: 'finds strange values, bursts, sequences and silence, by key and in event time',
  options: detectOptions,
  examples: [
    '{ type: detect, key: sensor_id, zscore: temperature, window: 10m, threshold: 2.5, min_samples: 30 }',
    '{ type: detect, mad: latency, last: 200, cooldown: 5m }',
    '{ type: detect, key: host, missing: 2m }',
    `{ type: detect, key: user_id, pattern: "COUNT(*) > 10 IN 30s WHERE action = 'click'" }`,
    `{ type: detect, patterns: [ { name: unpaid, condition: "action = 'order' THEN NOT action = 'pay' IN 10m", key: user_id } ] }`,
  ],
  ports: ['late'],
  needsTime: true,
  keepsState: () => true,
  alerts: true,
  deterministic: (options) =>
    expressionsIn(options).every(isDeterministic) || 'an expression reads the clock',
  decidesBy: (options) => expressionsIn(options).flatMap(fieldsOf),
  reads: (_options, { key, from }) => from.map(() => fieldsOfKey(key)),
  results: (options, { name, key }) => {
    // Only to find its mistakes, and what it gives.
    const state = () => new KeyedState<never>({ clone: (value) => value });
    const [first, ...others] = buildParts(options, { name, key, state: state as never }).map(
      ({ shape }) => shape,
    );
    return others.every((other) => isDeepStrictEqual(other, first)) ? first! : { identity: [], fields: {} };
  },
  build: async (options, context) => new Detect(buildParts(options, context).map(({ part }) => part)),
});

function expressionsIn(options: DetectOptions) {
  const detector = detectorIn(options);
  if (detector !== undefined) return [parseExpression(options[detector]!)];
  const conditions = [
    options.pattern ?? [],
    (options.patterns ?? []).map(({ condition }) => condition),
  ].flat();
  return conditions.flatMap((condition) => {
    const pattern = parsePattern(condition);
    const own = pattern.kind === 'burst' ? [pattern.condition] : [pattern.first, pattern.second];
    return pattern.where === undefined ? own : [...own, pattern.where];
  });
}
