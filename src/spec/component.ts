import type { z } from 'zod';
import type { AnyDefinition } from '../component/define.ts';
import { SpecError } from '../errors.ts';
import { isMap, type JobDocument, type Path } from './document.ts';
import { type ReadPart, read } from './read.ts';
import type { Secrets } from './reference.ts';
import { suggest } from './suggest.ts';

/** A node read by two schemas: the settings that all of its kind share, and its definition's own options. */
export interface ReadComponent<Definition> {
  readonly definition: Definition;
  readonly settings: Record<string, unknown>;
  readonly options: ReadPart;
}

/** The definition that a node's `type` names. */
export function definitionAt<Definition extends AnyDefinition>(
  document: JobDocument,
  path: Path,
  definitions: readonly Definition[],
  problems: SpecError[],
): Definition | undefined {
  const kind = String(path[0]).slice(0, -1);
  const written = document.get(path);
  if (!isMap(written)) {
    const hint = `for example { type: ${definitions[0]?.type ?? kind} }`;
    problems.push(
      new SpecError(`the ${kind} "${String(path.at(-1))}" must be a map`, { ...document.place(path), hint }),
    );
    return undefined;
  }
  const types = definitions.map((definition) => definition.type);
  if (written.type === undefined) {
    const hint = `it can be ${types.join(', ')}`;
    problems.push(
      new SpecError(`"type" of "${String(path.at(-1))}" is missing`, {
        ...document.place(path, 'key'),
        hint,
      }),
    );
    return undefined;
  }
  const found = definitions.find((definition) => definition.type === written.type);
  if (found === undefined) {
    const message = `there is no ${kind} of type ${JSON.stringify(written.type)}`;
    const hint = suggest(typeof written.type === 'string' ? written.type : '', types);
    problems.push(new SpecError(message, { ...document.place([...path, 'type']), hint }));
  }
  return found;
}

export function readComponent<Definition extends AnyDefinition>(
  document: JobDocument,
  path: Path,
  definition: Definition,
  settings: z.ZodObject,
  secrets: Secrets,
  problems: SpecError[],
): ReadComponent<Definition> | undefined {
  const written = document.get(path) as Record<string, unknown>;
  const own = Object.keys(definition.options.shape);
  const common = Object.keys(settings.shape);
  const isCommon = (name: string) => common.includes(name);
  const isOwn = (name: string) => own.includes(name) || !isCommon(name);

  const options = read(
    { document, path, schema: definition.options, written: pick(written, isOwn), alsoKnown: common },
    secrets,
    problems,
  );
  const shared = read(
    { document, path, schema: settings, written: pick(written, isCommon) },
    secrets,
    problems,
  );
  return options && shared && { definition, settings: shared.resolved, options };
}

function pick(map: Record<string, unknown>, wanted: (name: string) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).filter(([name]) => wanted(name)));
}
