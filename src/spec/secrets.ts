import type { SpecError } from '../errors.ts';
import { JobDocument, type Path } from './document.ts';
import type { JobSpec, Options } from './job.ts';
import { throwIfAny } from './problem.ts';
import { read } from './read.ts';
import { type Environment, Secrets } from './reference.ts';
import { builtIn, type Registry } from './registry.ts';
import { settings } from './settings.ts';

/**
 * The spec with every reference in its options resolved: what components are built from. It must never be kept or
 * printed. Throws SpecError, placed in the spec (`sinks.table.password`), for a reference to something missing.
 */
export function resolveSecrets(
  spec: JobSpec,
  environment: Environment = process.env,
  registry: Registry = builtIn,
): JobSpec {
  const secrets = new Secrets(environment);
  const problems: SpecError[] = [];
  const resolve =
    <Node extends { readonly name: string; readonly type: string; readonly options: Options }>(
      section: keyof Registry,
    ) =>
    (node: Node): Node => {
      const definition = registry[section].find(({ type }) => type === node.type);
      if (definition === undefined) throw new Error(`no component of type ${node.type}`);
      const path = [section, node.name];
      const document = new JobDocument({ [section]: { [node.name]: node.options } }, locate);
      const part = read(
        { document, path, schema: definition.options, written: node.options },
        secrets,
        problems,
      );
      return { ...node, options: part?.resolved ?? node.options };
    };
  const places = read(
    {
      document: new JobDocument(placesOf(spec), locate),
      path: [],
      schema: placeSettings,
      written: placesOf(spec),
    },
    secrets,
    problems,
  );
  const resolved = {
    ...spec,
    ...(places?.resolved as Partial<Places> | undefined),
    sources: spec.sources.map(resolve('sources')),
    operators: spec.operators.map(resolve('operators')),
    sinks: spec.sinks.map(resolve('sinks')),
  };
  throwIfAny(problems);
  return resolved;
}

/** Where checkpoints and dead letters are kept: of the job's own settings, these alone may hold references. */
const placeSettings = settings.pick({ checkpoint: true, dead_letters: true });
type Places = Pick<JobSpec, 'checkpoint' | 'dead_letters'>;

function placesOf({ checkpoint, dead_letters }: JobSpec): Places {
  return { checkpoint, dead_letters };
}

function locate(path: Path) {
  return { place: path.map(String).join('.'), layer: 'jobfile' as const, directory: process.cwd() };
}
