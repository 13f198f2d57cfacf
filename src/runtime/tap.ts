import { SpecError } from '../errors.ts';
import type { Input, Plan } from '../plan/model.ts';
import { suggest } from '../spec/suggest.ts';
import type { Graph } from './graph.ts';
import type { Receiver } from './receiver.ts';

/**
 * Lets `receive` see each event that leaves a node (`views`) or one of its ports (`views.late`); of a sink, each that
 * goes into it, and without a node what goes into all sinks. Gives the way to stop, which is to be called between two
 * events. Throws SpecError for a node that is not there.
 */
export function attachTap(graph: Graph, plan: Plan, node: string | undefined, receive: Receiver): () => void {
  const inputs = inputsOf(plan, node);
  for (const input of inputs) graph.connect(input, receive);
  return () => {
    for (const input of inputs) graph.disconnect(input, receive);
  };
}

function inputsOf(plan: Plan, name: string | undefined): readonly Input[] {
  if (name === undefined) return distinct(plan.sinks.flatMap((sink) => sink.inputs));
  const sink = plan.sinks.find(({ spec }) => spec.name === name);
  if (sink !== undefined) return sink.inputs;
  const [node = '', ...port] = name.split('.');
  const source = plan.sources.find(({ spec }) => spec.name === node);
  const operator = plan.operators.find(({ spec }) => spec.name === node);
  if (source === undefined && operator === undefined) throw unknownNode(plan, name);
  if (port.length === 0) return [{ node, port: null }];
  const ports = operator?.definition.ports ?? [];
  if (ports.includes(port.join('.'))) return [{ node, port: port.join('.') }];
  throw new SpecError(`node "${node}" has no port "${port.join('.')}"`, {
    hint: suggest(port.join('.'), ports) ?? `sluice tap ${plan.spec.name}.${node} shows what leaves it`,
  });
}

function unknownNode({ spec, sources, operators, sinks }: Plan, name: string): SpecError {
  const names = [...sources, ...operators, ...sinks].map((planned) => planned.spec.name);
  return new SpecError(`job ${spec.name} has no node "${name}"`, { hint: suggest(name, names) });
}

function distinct(inputs: readonly Input[]): readonly Input[] {
  return [...new Map(inputs.map((input) => [`${input.node}.${input.port ?? ''}`, input])).values()];
}
