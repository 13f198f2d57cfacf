import { SpecError } from '../errors.ts';
import type { JobDocument } from './document.ts';
import { checkNames, checkReferences } from './inputs.ts';
import type { Nodes, SinkSpec } from './job.ts';
import type { Registry } from './registry.ts';
import { checkCycles, checkReaders, checkResults, checkTime, checkUnread } from './soundness.ts';
import { anyOf } from './suggest.ts';

/** Fills in each `from` that was left out, then checks that the nodes make one sound graph. */
export function connect(
  nodes: Nodes,
  document: JobDocument,
  registry: Registry,
  problems: SpecError[],
): Nodes {
  const before = problems.length;
  const operators = nodes.operators.map((operator, index) =>
    operator.from.length > 0 ? operator : { ...operator, from: nodeAbove(nodes, index, document, problems) },
  );
  const sinks = nodes.sinks.map((sink) =>
    sink.from.length > 0 ? sink : { ...sink, from: lastNode(nodes, sink, document, problems) },
  );
  const connected = { ...nodes, operators, sinks };
  checkNames(connected, document, problems);
  checkReferences(connected, document, registry, problems);
  if (problems.length > before) return connected;
  checkCycles(connected, document, problems);
  checkUnread(connected, document, problems);
  checkReaders(connected, document, registry, problems);
  if (problems.length > before) return connected;
  checkTime(connected, document, registry, problems);
  checkResults(connected, document, registry, problems);
  return connected;
}

function nodeAbove(
  nodes: Nodes,
  index: number,
  document: JobDocument,
  problems: SpecError[],
): readonly string[] {
  const above = nodes.operators[index - 1];
  return above
    ? [above.name]
    : onlySource(nodes, ['operators', nodes.operators[index]!.name], document, problems);
}

function lastNode(
  nodes: Nodes,
  sink: SinkSpec,
  document: JobDocument,
  problems: SpecError[],
): readonly string[] {
  const last = nodes.operators.at(-1);
  return last ? [last.name] : onlySource(nodes, ['sinks', sink.name], document, problems);
}

function onlySource(
  { sources }: Nodes,
  path: readonly ['operators' | 'sinks', string],
  document: JobDocument,
  problems: SpecError[],
): readonly string[] {
  const [only, another] = sources;
  if (only !== undefined && another === undefined) return [only.name];
  if (only !== undefined) {
    const hint = `set it to ${anyOf(sources.map((source) => source.name))}`;
    problems.push(
      new SpecError(`"${path[1]}" needs "from": there are several sources`, {
        ...document.place(path, 'key'),
        hint,
      }),
    );
  }
  return [];
}
