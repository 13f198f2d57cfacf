import { SpecError } from '../errors.ts';
import type { JobDocument } from './document.ts';
import type { Nodes, OperatorSpec, SinkSpec } from './job.ts';
import type { Registry } from './registry.ts';
import { anyOf, suggest } from './suggest.ts';

/** The node that a reference (`views`, `views.late`) reads. */
export function nodeOf(reference: string): string {
  return reference.split('.', 1)[0] ?? reference;
}

/** Nodes of all kinds share one space of names. */
export function checkNames(nodes: Nodes, document: JobDocument, problems: SpecError[]): void {
  const taken = new Map<string, string>();
  for (const section of ['sources', 'operators', 'sinks'] as const) {
    for (const { name } of nodes[section]) {
      const other = taken.get(name);
      if (other !== undefined) {
        const place = document.place([section, name], 'key');
        problems.push(
          new SpecError(`the name "${name}" is also one of the ${other}`, {
            ...place,
            hint: 'choose another',
          }),
        );
      }
      taken.set(name, section);
    }
  }
}

/** Every reference names a node that is read from, and a port that it has. */
export function checkReferences(
  nodes: Nodes,
  document: JobDocument,
  registry: Registry,
  problems: SpecError[],
): void {
  const readable = new Map<string, readonly string[]>(nodes.sources.map((source) => [source.name, []]));
  for (const { name, type } of nodes.operators) {
    readable.set(name, registry.operators.find((definition) => definition.type === type)?.ports ?? []);
  }
  const check = (section: 'operators' | 'sinks', reader: OperatorSpec | SinkSpec) => {
    for (const [index, reference] of reader.from.entries()) {
      const problem = referenceProblem(reference, readable, nodes);
      const path = [section, reader.name, 'from'];
      const place = document.place(Array.isArray(document.get(path)) ? [...path, index] : path);
      if (problem !== undefined)
        problems.push(new SpecError(problem.message, { ...place, hint: problem.hint }));
    }
  };
  for (const operator of nodes.operators) check('operators', operator);
  for (const sink of nodes.sinks) check('sinks', sink);
}

function referenceProblem(
  reference: string,
  readable: ReadonlyMap<string, readonly string[]>,
  nodes: Nodes,
): { message: string; hint: string | undefined } | undefined {
  const [node = '', port] = reference.split(/\.(.*)/s);
  const ports = readable.get(node);
  if (ports === undefined) {
    if (nodes.sinks.some((sink) => sink.name === node)) {
      return {
        message: `"${node}" is a sink: nothing leaves it`,
        hint: `read ${anyOf([...readable.keys()])}`,
      };
    }
    return { message: `there is no node "${node}"`, hint: suggest(node, [...readable.keys()]) };
  }
  if (port === undefined || ports.includes(port)) return undefined;
  const hint = ports.length === 0 ? `write "${node}"` : suggest(port, ports);
  return { message: `"${node}" has no port "${port}"`, hint };
}
