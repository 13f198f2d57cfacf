import { isDeepStrictEqual } from 'node:util';
import type { ResultShape } from '../component/define.ts';
import { operators } from '../operators/index.ts';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';
import type { JobSpec, OperatorSpec } from '../spec/job.ts';
import { guaranteeOf, modeOf, sourceDeterminism, upstreamOf } from './guarantee.ts';
import type { Input, Plan, PlannedOperator } from './model.ts';
import { planInputs } from './origins.ts';
import { refuseSharing } from './sharing.ts';

/** Plans a validated job. Pure: no I/O, the same spec gives the same plan. */
export function planJob(spec: JobSpec): Plan {
  const plannedSources = spec.sources.map((source) => {
    const definition = definitionOf(sources, source.type);
    return { spec: source, definition, deterministic: sourceDeterminism({ definition, spec: source }, spec) };
  });
  const plannedOperators: PlannedOperator[] = [];
  for (const operator of inOrder(spec)) {
    const definition = definitionOf(operators, operator.type);
    const deterministic = definition.deterministic(operator.options);
    const results = definition.results?.(operator.options, operator);
    const inputs = planInputs(operator.from.map(parseInput), plannedOperators);
    plannedOperators.push({ spec: operator, definition, inputs, deterministic, results });
  }
  const joinedFile = joinedFileOf(spec);
  const plannedSinks = spec.sinks.map((sink) => {
    const definition = definitionOf(sinks, sink.type);
    const inputs = planInputs(sink.from.map(parseInput), plannedOperators);
    const upstream = upstreamOf(inputs, { sources: plannedSources, operators: plannedOperators });
    const strongest = definition.mode(sink.options);
    const possible = strongest === 'joined' && joinedFile === null ? 'upsert' : strongest;
    const mode = modeOf(possible, sink, spec, upstream);
    refuseSharing(spec, sink, mode, upstream);
    const rows = rowsOf(inputs, plannedOperators);
    const key = sink.key.length > 0 ? sink.key : (rows?.identity ?? []);
    const guarantee = guaranteeOf(mode, spec, upstream);
    const appendsOnly = definition.appendsOnly?.(sink.options) ?? false;
    return { spec: { ...sink, key }, definition, inputs, mode, guarantee, appendsOnly, fields: rows?.fields };
  });
  return { spec, sources: plannedSources, operators: plannedOperators, sinks: plannedSinks, joinedFile };
}

/** What all that these inputs give looks like, if it is known and the same. */
function rowsOf(inputs: readonly Input[], operators: readonly PlannedOperator[]): ResultShape | undefined {
  const [first, ...others] = inputs.map((input) => shapeOf(input, operators));
  return others.every((other) => isDeepStrictEqual(other, first)) ? first : undefined;
}

/** What is known of the events that an input gives: what leaves by a port is what came in. */
export function shapeOf(
  { node, port }: Input,
  operators: readonly PlannedOperator[],
): ResultShape | undefined {
  return port === null ? operators.find(({ spec }) => spec.name === node)?.results : undefined;
}

/** Joined sinks commit with the checkpoint: possible if all sinks of the job live in one SQLite file. */
function joinedFileOf(spec: JobSpec): string | null {
  const store = spec.checkpoint?.store;
  if (store?.type !== 'sqlite' || store.path !== null) return null;
  const files = spec.sinks.map((sink) => {
    const definition = definitionOf(sinks, sink.type);
    return definition.mode(sink.options) === 'joined' ? definition.joinedFile?.(sink.options) : undefined;
  });
  const [first] = files;
  return first !== undefined && files.every((file) => file === first) ? first : null;
}

function inOrder(spec: JobSpec): readonly OperatorSpec[] {
  const placed = new Set(spec.sources.map((source) => source.name));
  const ordered: OperatorSpec[] = [];
  let waiting = [...spec.operators];
  while (waiting.length > 0) {
    const ready = waiting.filter((operator) =>
      operator.from.every((input) => placed.has(parseInput(input).node)),
    );
    if (ready.length === 0)
      throw new Error(`the operators ${waiting.map((o) => o.name).join(', ')} form a cycle`);
    for (const operator of ready) {
      ordered.push(operator);
      placed.add(operator.name);
    }
    waiting = waiting.filter((operator) => !placed.has(operator.name));
  }
  return ordered;
}

/** What `node` or `node.port` names. */
export function parseInput(from: string): Input {
  const dot = from.indexOf('.');
  return dot < 0 ? { node: from, port: null } : { node: from.slice(0, dot), port: from.slice(dot + 1) };
}

/** The component of a type that a valid spec names. */
export function definitionOf<D extends { readonly type: string }>(
  definitions: readonly D[],
  type: string,
): D {
  const found = definitions.find((definition) => definition.type === type);
  if (found === undefined) throw new Error(`no component of type ${type}`);
  return found;
}
