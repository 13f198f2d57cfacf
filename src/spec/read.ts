import { resolve } from 'node:path';
import type { z } from 'zod';
import { SpecError } from '../errors.ts';
import { fieldNameProblem, isFieldName } from '../expression/field-name.ts';
import { isMap, type Path } from './document.ts';
import { problemsOf, type Reading } from './problem.ts';
import { anchorReferences, hasReference, type Secrets } from './reference.ts';
import { mapTexts } from './schema.ts';

/** What a schema made of a part of the document. */
export interface ReadPart {
  /** The schema's output, with secrets resolved: for validation, never to be kept or printed. */
  readonly resolved: Record<string, unknown>;
  /** The same, but what holds a reference is as it was written; in a map, of each entry alone. */
  readonly kept: Record<string, unknown>;
}

/** Reads a map at `path` by `schema`: references resolved, paths made absolute, defaults filled in. */
export function read(
  part: Omit<Reading, 'schema'> & { readonly schema: z.ZodObject },
  secrets: Secrets,
  problems: SpecError[],
): ReadPart | undefined {
  const { document, path, schema } = part;
  const found: SpecError[] = [];
  const resolveAt = (text: string, at: Path): string => {
    try {
      return secrets.resolve(text);
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      found.push(new SpecError(error.message, { ...document.place([...path, ...at]), hint: error.hint }));
      return text;
    }
  };
  const anchored = mapTexts(part.written, schema, (text, meta, at) => {
    const { directory } = document.place([...path, ...at]);
    const here = anchorReferences(text, directory);
    return meta.path === true ? absolute(resolveAt(here, at), directory) : here;
  });
  const resolved = mapTexts(anchored, schema, (text, meta, at) => (meta.path ? text : resolveAt(text, at)));
  refuseRedacted(part, found);
  refuseNames(part, found);
  const output = found.length === 0 ? parse(schema, resolved, part, secrets, found) : undefined;
  problems.push(...found);
  if (output === undefined) return undefined;
  return { resolved: output, kept: withReferences(output, anchored) };
}

function absolute(path: string, directory: string): string {
  return path === '' || path === ':memory:' || path === '-' ? path : resolve(directory, path);
}

/** `***` is what `--print-job` shows of a secret: a job with it would only fail later. */
function refuseRedacted({ document, path, schema, written }: Reading, found: SpecError[]): void {
  mapTexts(written, schema, (text, meta, at) => {
    if (meta.secret !== true || text !== '***') return text;
    const place = document.place([...path, ...at]);
    found.push(
      new SpecError(`"${String(at.at(-1))}" is a secret that was left out`, {
        ...place,
        hint: `write it as \${env:NAME}`,
      }),
    );
    return text;
  });
}

/** zod passes over a name that could change a prototype: what it names would be missing, without a word. */
function refuseNames(
  { document, path, written }: Pick<Reading, 'document' | 'path' | 'written'>,
  found: SpecError[],
  depth = 0,
): void {
  if (typeof written !== 'object' || written === null) return;
  for (const [name, value] of Object.entries(written)) {
    const at = [...path, Array.isArray(written) ? Number(name) : name];
    // What is no option is refused by its schema.
    if (depth > 0 && !isFieldName(name)) found.push(fieldNameProblem(name, document.place(at, 'key')));
    refuseNames({ document, path: at, written: value }, found, depth + 1);
  }
}

function parse(
  schema: z.ZodObject,
  value: unknown,
  reading: Reading,
  secrets: Secrets,
  found: SpecError[],
): Record<string, unknown> | undefined {
  try {
    const result = strict(schema).safeParse(value);
    if (result.success) return result.data;
    found.push(...problemsOf(result.error.issues, reading).map((problem) => redacted(problem, secrets)));
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    found.push(
      new SpecError(secrets.redact(error.message), {
        ...reading.document.place(reading.path),
        hint: error.hint,
      }),
    );
  }
  return undefined;
}

function redacted(problem: SpecError, secrets: Secrets): SpecError {
  return new SpecError(secrets.redact(problem.message), problem);
}

const strictly = new WeakMap<z.ZodObject, z.ZodObject>();

/** The schema, refusing what it does not know; made once, since zod prepares each schema at its first use. */
function strict(schema: z.ZodObject): z.ZodObject {
  const known = strictly.get(schema) ?? schema.strict();
  strictly.set(schema, known);
  return known;
}

/** The output, with what holds a reference as it was written. */
function withReferences(output: Record<string, unknown>, written: unknown): Record<string, unknown> {
  if (!isMap(written)) return output;
  const kept = Object.entries(written)
    .filter(([, value]) => holdsReference(value))
    .map(([name, value]) => {
      const one = output[name];
      return [name, isMap(one) && isMap(value) ? withReferences(one, value) : value];
    });
  return { ...output, ...Object.fromEntries(kept) };
}

/** Whether any text in the value is a reference to a secret. */
function holdsReference(value: unknown): boolean {
  let found = false;
  mapTexts(value, undefined, (text) => {
    found ||= hasReference(text);
    return text;
  });
  return found;
}
