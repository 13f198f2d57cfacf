import { z } from 'zod';
import type { Path } from './document.ts';
import { isMap } from './document.ts';

/** What `.meta()` may say of an option besides its description. */
export interface OptionMeta {
  /** Never printed, and kept in a spec as a reference only. */
  readonly secret?: boolean;
  /** A path in the file system: comes out absolute. */
  readonly path?: boolean;
  readonly duration?: boolean;
}

type Definition = Readonly<Record<string, unknown>>;

/** The parts that a wrapper (`optional`, `default`, a transform, a union) is made of; none for anything else. */
function inner(schema: z.ZodType): readonly z.ZodType[] {
  const definition = schema.def as unknown as Definition;
  const parts = [definition.innerType, definition.in, definition.out, ...asList(definition.options)];
  return parts.filter((part): part is z.ZodType => part instanceof z.ZodType);
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What the schema, or a part that it wraps, says of itself. */
export function metaOf(schema: z.ZodType | undefined): OptionMeta & { readonly description?: string } {
  if (schema === undefined) return {};
  return Object.assign({}, ...inner(schema).map(metaOf), schema.meta());
}

/** The schema of the option `name` of a map, or of an element of a list. */
function child(schema: z.ZodType, name: PropertyKey): z.ZodType | undefined {
  const definition = schema.def as unknown as Definition;
  if (schema instanceof z.ZodObject && Object.hasOwn(schema.shape, name)) return schema.shape[String(name)];
  for (const part of [definition.element, definition.valueType]) if (part instanceof z.ZodType) return part;
  for (const part of inner(schema)) {
    const found = child(part, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function schemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
  return path.reduce<z.ZodType | undefined>((outer, name) => outer && child(outer, name), schema);
}

/** The names of the options that a map at this place may have; empty where any name goes. */
export function optionNames(schema: z.ZodType | undefined): readonly string[] {
  if (schema === undefined) return [];
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : inner(schema).flatMap(optionNames);
}

/** The value with every text in it replaced by what `visit` makes of it. */
export function mapTexts(
  value: unknown,
  schema: z.ZodType | undefined,
  visit: (text: string, meta: OptionMeta, path: Path) => unknown,
  path: Path = [],
): unknown {
  if (typeof value === 'string') return visit(value, metaOf(schema), path);
  const descend = (one: unknown, name: PropertyKey) =>
    mapTexts(one, schema && child(schema, name), visit, [...path, name]);
  if (Array.isArray(value)) return value.map(descend);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, descend(one, name)]));
}
