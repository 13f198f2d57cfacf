import { Aggregates } from '../../aggregation/aggregates.ts';
import type { FieldType, OperatorBuild, ResultShape } from '../../component/define.ts';
import { SpecError } from '../../errors.ts';
import { compilePredicate, compileScalar } from '../../expression/compile.ts';
import { parseExpression } from '../../expression/parse.ts';
import { Key } from '../window/keys.ts';
import { type DetectorName, detectors } from './detectors.ts';
import { KeyTable } from './key-table.ts';
import { type DetectOptions, detectorIn } from './options.ts';
import type { Part } from './part.ts';
import { type BurstState, Bursts, copyOfBurst } from './pattern/bursts.ts';
import { type Burst, parsePattern, type Sequence } from './pattern/grammar.ts';
import { copyOfSequence, type SequenceState, Sequences } from './pattern/sequences.ts';
import { Terms } from './pattern/terms.ts';
import { copyOfSeries, Series, type SeriesState } from './series/series.ts';

type Node = Pick<OperatorBuild, 'name' | 'key' | 'state'>;

/** Something to look for, and what its alerts hold. */
export interface Built {
  readonly part: Part;
  readonly shape: ResultShape;
}

/** All that the options look for. Throws SpecError. */
export function buildParts(options: DetectOptions, node: Node): readonly Built[] {
  const detector = detectorIn(options);
  if (detector !== undefined) return [buildSeries(detector, options, node)];
  if (options.missing !== undefined) return [buildMissing(options.missing, node)];
  if (options.pattern !== undefined) {
    const name = options.pattern.trim();
    return [
      buildPattern(
        { name, condition: options.pattern, state: 'pattern', place: `${node.name}.pattern` },
        node,
      ),
    ];
  }
  const patterns = options.patterns ?? [];
  const twice = patterns.find(
    ({ name }, index) => patterns.findIndex((other) => other.name === name) !== index,
  );
  if (twice !== undefined) {
    throw new SpecError(`two patterns are called "${twice.name}"`, {
      place: `${node.name}.patterns`,
      hint: 'give each a name of its own',
    });
  }
  return patterns.map(({ name, condition, key }) =>
    buildPattern(
      { name, condition, state: `pattern ${name}`, place: `${node.name}.patterns.${name}` },
      { ...node, key: key ?? node.key },
    ),
  );
}

interface NamedPattern {
  readonly name: string;
  readonly condition: string;
  /** The name of its keyed state. */
  readonly state: string;
  readonly place: string;
}

function buildPattern(named: NamedPattern, node: Node): Built {
  const pattern = parsePattern(named.condition, named.place);
  if (pattern.groupBy.length > 0 && node.key.length > 0) {
    throw new SpecError('the pattern has a key, and so has GROUP BY', {
      place: named.place,
      hint: 'leave one of them out',
    });
  }
  const key = new Key(pattern.groupBy.length > 0 ? pattern.groupBy : node.key, `${named.place}.key`);
  return pattern.kind === 'burst'
    ? buildBurst(pattern, named, key, node)
    : buildSequence(pattern, named, key, node);
}

function buildBurst(pattern: Burst, { name, state, place }: NamedPattern, key: Key, node: Node): Built {
  const own = { pattern: 'text', time: 'time' } as const;
  checkKey(key, Object.keys(own), place);
  const aggregates = new Aggregates();
  const taken = [...key.names, ...Object.keys(own)];
  const terms = new Terms(pattern, aggregates, { fields: key.names, taken });
  const states = node.state<BurstState>(state, { clone: (burst) => copyOfBurst(burst, aggregates) });
  const part = new Bursts({
    identity: `${node.name}/${name}`,
    name,
    length: pattern.length,
    where: pattern.where && compilePredicate(pattern.where),
    aggregates,
    terms,
    table: new KeyTable(key, states, (common) => ({
      ...common,
      moments: [],
      evaluated: 0,
      olderHalf: 0,
      held: false,
    })),
  });
  const values = Object.fromEntries(terms.names.map((term) => [term, null]));
  return { part, shape: shapeOf(key, ['pattern', 'time'], { ...own, ...values }) };
}

function buildSequence(pattern: Sequence, { name, state, place }: NamedPattern, key: Key, node: Node): Built {
  const own = { pattern: 'text', time: 'time', begun: 'time' } as const;
  checkKey(key, Object.keys(own), place);
  const part = new Sequences({
    identity: `${node.name}/${name}`,
    length: pattern.length,
    where: pattern.where && compilePredicate(pattern.where),
    first: compilePredicate(pattern.first),
    second: compilePredicate(pattern.second),
    absent: pattern.absent,
    table: sequenceTable(key, node, state),
    alert: (time, begun) => ({ pattern: name, time: new Date(time), begun: new Date(begun) }),
  });
  return { part, shape: shapeOf(key, ['pattern', 'time'], own) };
}

/** A key that is missing is one whose newest event is followed by none. */
function buildMissing(length: number, node: Node): Built {
  const own = { detector: 'text', time: 'time', last_seen: 'time' } as const;
  const key = new Key(node.key, `${node.name}.key`);
  checkKey(key, Object.keys(own), `${node.name}.key`);
  const part = new Sequences({
    identity: node.name,
    length,
    where: undefined,
    first: () => true,
    second: () => true,
    absent: true,
    table: sequenceTable(key, node, 'missing'),
    alert: (time, begun) => ({ detector: 'missing', time: new Date(time), last_seen: new Date(begun) }),
  });
  return { part, shape: shapeOf(key, ['time'], own) };
}

function sequenceTable(key: Key, node: Node, state: string): KeyTable<SequenceState> {
  const states = node.state<SequenceState>(state, { clone: copyOfSequence });
  return new KeyTable(key, states, (common) => ({ ...common, moments: [], begun: [] }));
}

/** Before any time there is. */
const EVER = -8_640_000_000_000_000;

function buildSeries(name: DetectorName, options: DetectOptions, node: Node): Built {
  const detector = detectors[name];
  const { window: length = Number.POSITIVE_INFINITY, scores } = options;
  const usual = options.window === undefined ? detector.last?.usual : undefined;
  const { last = usual ?? Number.POSITIVE_INFINITY } = options;
  const own: Readonly<Record<string, FieldType | null>> = {
    detector: 'text',
    field: 'text',
    time: 'time',
    value: 'number',
    window_start: 'time',
    window_end: 'time',
    expected: 'number',
    ...(detector.expects === 'mean' && { mean: 'number' }),
    deviation: 'number',
    samples: 'integer',
    score: 'number',
    ...(scores ? { alert: null } : { threshold: 'number' }),
  };
  const key = new Key(node.key, `${node.name}.key`);
  checkKey(key, Object.keys(own), `${node.name}.key`);
  const method = detector.method({ length, count: last });
  const states = node.state<SeriesState<unknown>>(name, { clone: (state) => copyOfSeries(state, method) });
  const field = options[name]!;
  const part = new Series({
    node: node.name,
    detector: name,
    field,
    read: compileScalar(parseExpression(field, { place: `${node.name}.${name}` })),
    method,
    reach: options.window ?? 0,
    expects: detector.expects,
    table: new KeyTable(key, states, (common) => ({
      ...common,
      waiting: [],
      quietUntil: EVER,
      baseline: method.create(),
    })),
    threshold: options.threshold ?? detector.threshold!,
    minSamples: options.min_samples ?? detector.minSamples,
    cooldown: options.cooldown,
    scores,
  });
  return { part, shape: shapeOf(key, undefined, own) };
}

/** Alerts have the key fields first. `identity` is left out where several can have the same key and time. */
function shapeOf(
  { names }: Key,
  identity: readonly string[] | undefined,
  own: Readonly<Record<string, FieldType | null>>,
): ResultShape {
  const fields = { ...Object.fromEntries(names.map((name) => [name, 'text' as const])), ...own };
  return { identity: identity === undefined ? [] : [...names, ...identity], fields };
}

function checkKey({ names }: Key, own: readonly string[], place: string): void {
  const taken = names.find((name) => own.includes(name));
  if (taken === undefined) return;
  throw new SpecError(`an alert has a field "${taken}" of its own`, {
    place,
    hint: `name the key otherwise: ${taken} AS other`,
  });
}
