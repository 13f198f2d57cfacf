import type { SinkDefinition, SourceDefinition } from '../component/define.ts';
import { isMap, type JobDocument, type Path } from './document.ts';
import type { Environment } from './reference.ts';
import { mapTexts } from './schema.ts';

/**
 * Lays what an endpoint reads from the standard environment variables over its options, unless a flag set them. A secret
 * becomes a reference to its variable, so that it is never in the spec itself.
 */
export function layEnvironment(
  document: JobDocument,
  path: Path,
  definition: Pick<SourceDefinition | SinkDefinition, 'options' | 'fromEnvironment'>,
  environment: Environment,
): void {
  const values = definition.fromEnvironment?.({ ...environment });
  if (values === undefined) return;
  const referring = definition.fromEnvironment?.(asReferences(environment)) ?? {};
  for (const [name, value] of Object.entries(values)) {
    const at = [...path, name];
    if (value === undefined || (document.isLaid(at) && document.place(at).layer === 'flag')) continue;
    const reference = referring[name];
    const schema = definition.options.shape[name];
    const kept = mapTexts(value, schema, (text, meta, inner) =>
      meta.secret ? (textAt(reference, inner) ?? text) : text,
    );
    document.set(at, beside(document.get(at), kept), {
      place: variableIn(reference) ?? 'environment',
      layer: 'environment',
      directory: process.cwd(),
    });
  }
}

/**
 * What the environment says of an option, with what it leaves open as it was: a user's name and password beside the
 * mechanism, TLS by the certificates.
 */
function beside(written: unknown, given: unknown): unknown {
  if (!isMap(written)) return given;
  if (given === true) return written;
  return isMap(given) ? { ...written, ...given } : given;
}

function asReferences(environment: Environment): NodeJS.ProcessEnv {
  const set = Object.entries(environment).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set.map(([name]) => [name, `\${env:${name}}`]));
}

function textAt(value: unknown, path: Path): string | undefined {
  let inner = value;
  for (const name of path) inner = (inner as Record<PropertyKey, unknown> | undefined)?.[name];
  return typeof inner === 'string' ? inner : undefined;
}

/** The first variable that the value refers to. */
function variableIn(reference: unknown): string | undefined {
  return /\$\{env:([^}]+)\}/.exec(JSON.stringify(reference) ?? '')?.[1];
}
