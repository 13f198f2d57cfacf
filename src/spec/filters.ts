import { SpecError } from '../errors.ts';
import type { Nodes, OperatorSpec, SourceSpec } from './job.ts';
import type { Parsing } from './parsing.ts';
import { read } from './read.ts';

/** Puts a filter behind each source with a `where:`; what read the source reads the filter. */
export function filterSources(nodes: Nodes, parsing: Parsing): Nodes {
  const filters = nodes.sources.flatMap((source) => filterOf(source, nodes, parsing));
  const byInput = new Map(filters.map((filter) => [filter.from[0], filter.name]));
  const behind = <Reader extends { readonly from: readonly string[] }>(reader: Reader): Reader => ({
    ...reader,
    from: reader.from.map((input) => byInput.get(input) ?? input),
  });
  return {
    sources: nodes.sources,
    operators: [
      ...filters,
      ...nodes.operators.map((node) => behind(withNamesOfInputs(node, byInput, parsing))),
    ],
    sinks: nodes.sinks.map(behind),
  };
}

/** Where expressions name the inputs, they go on by the source's name, though its filter is what is read. */
function withNamesOfInputs(
  operator: OperatorSpec,
  filtered: ReadonlyMap<string | undefined, string>,
  { registry }: Parsing,
): OperatorSpec {
  const definition = registry.operators.find(({ type }) => type === operator.type);
  const isNamed = definition?.namesInputs === true && operator.options.as === undefined;
  if (!isNamed || !operator.from.some((input) => filtered.has(input))) return operator;
  return { ...operator, options: { ...operator.options, as: operator.from } };
}

function filterOf(
  source: SourceSpec,
  nodes: Nodes,
  { document, registry, secrets, problems }: Parsing,
): OperatorSpec[] {
  const path = ['sources', source.name, 'where'];
  const where = document.get(path);
  const definition = registry.operators.find(({ type }) => type === 'transform');
  if (where === undefined || definition === undefined) return [];
  const written = { steps: [{ filter: where }] };
  const part = read({ document, path, schema: definition.options, written }, secrets, problems);
  if (part === undefined) return [];
  const name = `${source.name}_where`;
  if ([...nodes.sources, ...nodes.operators, ...nodes.sinks].some((node) => node.name === name)) {
    const hint = 'name that node otherwise';
    problems.push(
      new SpecError(`the filter of "${source.name}" needs the name "${name}"`, {
        ...document.place(path),
        hint,
      }),
    );
  }
  return [
    {
      name,
      type: 'transform',
      from: [source.name],
      key: [],
      on_error: 'dead_letter',
      on_late: 'pass',
      options: part.kept,
    },
  ];
}
