import type { SinkDefinition, SourceDefinition } from '../component/define.ts';
import { SpecError } from '../errors.ts';
import { definitionAt, type ReadComponent, readComponent } from './component.ts';
import { isMap, type Path } from './document.ts';
import { layEnvironment } from './environment.ts';
import type { Nodes, OperatorSpec, SinkSpec, SourceSpec } from './job.ts';
import { nameProblem } from './names.ts';
import type { JobSettings, Parsing, Section } from './parsing.ts';
import { operatorSettings, sinkSettings, sourceSettings } from './settings.ts';

/** Reads every node by its definition; a node with a mistake is left out, and the mistake noted. */
export function readNodes(parsing: Parsing, job: JobSettings | undefined): Nodes {
  return {
    sources: pathsOf('sources', parsing).flatMap((path) => readSource(parsing, path, job)),
    operators: pathsOf('operators', parsing).flatMap((path) => readOperator(parsing, path)),
    sinks: checkTargets(
      pathsOf('sinks', parsing).flatMap((path) => readSink(parsing, path, job)),
      parsing,
    ),
  };
}

function pathsOf(section: Section, { document, problems }: Parsing): Path[] {
  const map = document.get([section]);
  if (section === 'operators' && (map === undefined || map === null)) return [];
  if (!isMap(map) || Object.keys(map).length === 0) {
    const message =
      map === undefined ? `the job has no ${section}` : `"${section}" must be a map of at least one node`;
    const hint = `add ${section}: { ${section.slice(0, -1)}: { type: … } }`;
    problems.push(new SpecError(message, { ...document.place([section], 'key'), hint }));
    return [];
  }
  return Object.keys(map).flatMap((name) => {
    const problem = nameProblem(document, [section, name]);
    if (problem !== undefined) problems.push(problem);
    return problem === undefined ? [[section, name]] : [];
  });
}

function readSource(parsing: Parsing, path: Path, job: JobSettings | undefined): SourceSpec[] {
  const { document, environment, registry, secrets, problems } = parsing;
  const definition = definitionAt(document, path, registry.sources, problems);
  if (definition === undefined) return [];
  layEnvironment(document, path, definition, environment);
  const component = readComponent(document, path, definition, sourceSettings, secrets, problems);
  return component === undefined || job === undefined ? [] : [sourceSpec(path, component, job)];
}

function sourceSpec(
  path: Path,
  { definition, settings, options }: ReadComponent<SourceDefinition>,
  job: JobSettings,
) {
  const { batch_size, flush_interval } = job;
  const format = definition.guessFormat?.(options.resolved) ?? 'json';
  const { where, ...others } = settings;
  const common = { name: nameAt(path), batch_size, flush_interval, format, ...others };
  return { ...common, options: options.kept } as SourceSpec;
}

function readOperator(parsing: Parsing, path: Path): OperatorSpec[] {
  const { document, environment, registry, secrets, problems } = parsing;
  const definition = definitionAt(document, path, registry.operators, problems);
  if (definition === undefined) return [];
  for (const endpoint of definition.endpoints?.(document.get(path)) ?? []) {
    layEnvironment(document, [...path, ...endpoint.path], endpoint, environment);
  }
  const component = readComponent(document, path, definition, operatorSettings, secrets, problems);
  if (component === undefined) return [];
  const { settings, options } = component;
  if (settings.on_late === 'dead_letter' && !definition.ports.includes('late')) {
    const place = document.place([...path, 'on_late']);
    const hint = 'leave on_late out';
    problems.push(new SpecError(`nothing comes too late for a ${definition.type}`, { ...place, hint }));
  }
  return [{ name: nameAt(path), from: [], ...settings, options: options.kept } as unknown as OperatorSpec];
}

interface ReadSink {
  readonly spec: SinkSpec;
  readonly target: string | undefined;
}

function readSink(parsing: Parsing, path: Path, job: JobSettings | undefined): ReadSink[] {
  const { document, environment, registry, secrets, problems } = parsing;
  const definition = definitionAt(document, path, registry.sinks, problems);
  if (definition === undefined) return [];
  layEnvironment(document, path, definition, environment);
  const component = readComponent(document, path, definition, sinkSettings, secrets, problems);
  if (component === undefined || job === undefined) return [];
  const target = definition.target(component.options.resolved);
  return [{ spec: sinkSpec(path, component, job), target }];
}

function sinkSpec(
  path: Path,
  { definition, settings, options }: ReadComponent<SinkDefinition>,
  job: JobSettings,
) {
  const { batch_size, flush_interval } = job;
  const format = definition.guessFormat?.(options.resolved) ?? 'json';
  const common = { name: nameAt(path), from: [], batch_size, flush_interval, format, ...settings };
  return { ...common, options: options.kept } as unknown as SinkSpec;
}

/** Two sinks of a job must not write the same table or file. */
function checkTargets(sinks: readonly ReadSink[], { document, problems }: Parsing): SinkSpec[] {
  const writers = new Map<string, string>();
  for (const { spec, target } of sinks) {
    const other = target === undefined ? undefined : writers.get(target);
    if (other !== undefined) {
      const place = document.place(['sinks', spec.name], 'key');
      const hint = `let one sink read both: from: [a, b]`;
      problems.push(new SpecError(`"${spec.name}" writes where "${other}" does`, { ...place, hint }));
    }
    if (target !== undefined) writers.set(target, spec.name);
  }
  return sinks.map((sink) => sink.spec);
}

function nameAt(path: Path): string {
  return String(path.at(-1));
}
