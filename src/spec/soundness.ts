import { SpecError } from '../errors.ts';
import type { JobDocument, Path } from './document.ts';
import { nodeOf } from './inputs.ts';
import type { Nodes, OperatorSpec, SourceSpec } from './job.ts';
import { inExpression } from './problem.ts';
import { hasReference } from './reference.ts';
import type { Registry } from './registry.ts';

/** No operator reads, over however many others, its own output. */
export function checkCycles({ operators }: Nodes, document: JobDocument, problems: SpecError[]): void {
  const waiting = new Map(operators.map((operator) => [operator.name, operator.from.map(nodeOf)]));
  let before: number;
  do {
    before = waiting.size;
    for (const [name, inputs] of waiting)
      if (!inputs.some((input) => waiting.has(input))) waiting.delete(name);
  } while (waiting.size < before);
  const [first] = waiting.keys();
  if (first === undefined) return;

  const way: string[] = [];
  for (let at = first; !way.includes(at); at = waiting.get(at)?.find((input) => waiting.has(input)) ?? at)
    way.push(at);
  const last = waiting.get(way.at(-1)!)?.find((input) => waiting.has(input)) ?? first;
  const cycle = [...way.slice(way.indexOf(last)), last].reverse();
  const place = document.place(['operators', last, 'from']);
  const message = `"${last}" reads its own output: ${cycle.join(' → ')}`;
  problems.push(new SpecError(message, { ...place, hint: 'break the cycle' }));
}

export function checkUnread(nodes: Nodes, document: JobDocument, problems: SpecError[]): void {
  const read = new Set([...nodes.operators, ...nodes.sinks].flatMap((reader) => reader.from.map(nodeOf)));
  for (const { name } of nodes.sources) {
    if (read.has(name)) continue;
    const place = document.place(['sources', name], 'key');
    problems.push(
      new SpecError(`nothing reads the source "${name}"`, {
        ...place,
        hint: 'name it in a "from", or remove it',
      }),
    );
  }
}

/** A line for each operator whose results go nowhere: it may be there for what its module does, or by mistake. */
export function unreadOperators({ operators, sinks }: Nodes, document: JobDocument): string[] {
  const read = new Set([...operators, ...sinks].flatMap((reader) => reader.from.map(nodeOf)));
  return operators
    .filter(({ name }) => !read.has(name))
    .map(({ name }) => {
      const { place } = document.place(['operators', name], 'key');
      return `${place}: nothing reads "${name}"; name it in a "from", or remove it`;
    });
}

/** Two members of one consumer group divide what each of them should read alone. */
export function checkReaders(
  { sources }: Nodes,
  document: JobDocument,
  registry: Registry,
  problems: SpecError[],
): void {
  const readers = new Map<string, string>();
  for (const { name, type, options } of sources) {
    const definition = registry.sources.find((one) => one.type === type);
    const readsAs = definition?.readsAs?.(options as never);
    if (readsAs === undefined) continue;
    const other = readers.get(readsAs);
    if (other !== undefined) {
      const place = document.place(['sources', name], 'key');
      const message = `"${name}" reads as ${readsAs}, as "${other}" does, and each would get a part`;
      problems.push(new SpecError(message, { ...place, hint: 'give each a group of its own' }));
    }
    readers.set(readsAs, name);
  }
}

/** Operators that work in event time stand behind sources that have one. */
export function checkTime(
  nodes: Nodes,
  document: JobDocument,
  registry: Registry,
  problems: SpecError[],
): void {
  const hasTimestamps = new Set(registry.sources.filter((one) => one.hasTimestamps).map((one) => one.type));
  const timeless = nodes.sources.filter(({ time, type }) => time === null && !hasTimestamps.has(type));
  if (timeless.length === 0) return;
  for (const operator of nodes.operators) {
    const definition = registry.operators.find(({ type }) => type === operator.type);
    const option = definition?.timedOption?.(operator.options as never);
    if (!definition?.needsTime && option === undefined) continue;
    const behind = nodesBehind(operator.name, nodes);
    const source = timeless.find(({ name }) => behind.has(name));
    if (source !== undefined) problems.push(withoutTime(operator, option ?? [], source, document));
  }
}

function withoutTime(
  operator: OperatorSpec,
  option: Path,
  source: SourceSpec,
  document: JobDocument,
): SpecError {
  const { layer, ...place } = document.place(['operators', operator.name, ...option], 'key');
  if (layer === 'flag') {
    const hint = 'add --time FIELD, the field that says when an event happened';
    return new SpecError('this goes by event time, and the events have none', { ...place, hint });
  }
  const [named] = option.filter((part) => typeof part === 'string').slice(-1);
  const what =
    named === undefined ? `"${operator.name}" (${operator.type})` : `"${named}" of "${operator.name}"`;
  const message = `${what} needs event time, and the source "${source.name}" has none`;
  return new SpecError(message, { ...place, hint: `set "time" of "${source.name}" to a field` });
}

/** What operators give is as their options say; mistakes in expressions show here that no option shows by itself. */
export function checkResults(
  { operators }: Nodes,
  document: JobDocument,
  registry: Registry,
  problems: SpecError[],
): void {
  for (const operator of operators) {
    // What a reference stands for is known to the plan alone.
    if (hasReference(JSON.stringify(operator.options))) continue;
    const definition = registry.operators.find(({ type }) => type === operator.type);
    try {
      definition?.results?.(operator.options as never, operator);
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      problems.push(placed(error, operator.name, document));
    }
  }
}

/** An error at `node.option`, `node.option.name` or `node.option.name:line:column`, at its place in the document. */
function placed(error: SpecError, node: string, document: JobDocument): SpecError {
  const { place = '' } = error;
  const [, option, name, line, column] =
    /^\.(\w+)(?:\.(.+?))?(?::(\d+):(\d+))?$/s.exec(place.slice(node.length)) ?? [];
  if (option === undefined || !place.startsWith(node)) return error;
  const path = ['operators', node, option, ...(name === undefined ? [] : [name])];
  if (line === undefined) return new SpecError(error.message, { ...document.place(path), hint: error.hint });
  const at = { text: document.get(path), line: Number(line), column: Number(column) };
  return inExpression(error, at, document, path);
}

/** Every node whose events reach this one. */
function nodesBehind(name: string, { operators }: Nodes): ReadonlySet<string> {
  const inputs = new Map(operators.map((operator) => [operator.name, operator.from.map(nodeOf)]));
  const behind = new Set<string>([name]);
  for (const node of behind) for (const input of inputs.get(node) ?? []) behind.add(input);
  return behind;
}
