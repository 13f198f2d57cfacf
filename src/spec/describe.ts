import type { z } from 'zod';
import type { AnyDefinition } from '../component/define.ts';
import { formatDuration } from '../duration.ts';
import { SpecError } from '../errors.ts';
import { inputSchema } from './json-schema.ts';
import { builtIn, type Registry } from './registry.ts';
import { metaOf } from './schema.ts';
import { suggest } from './suggest.ts';

/** A line for each component, sources first. */
export function listComponents(registry: Registry = builtIn): string {
  return columns(definitions(registry).map(({ kind, type, summary }) => [kind, type, summary]));
}

/** The components of a type with all their options and examples. Throws SpecError if there is none. */
export function describeComponents(type: string, registry: Registry = builtIn): string {
  const known = definitions(registry);
  const found = known.filter((definition) => definition.type === type);
  if (found.length > 0) return found.map(describe).join('\n');
  const types = [...new Set(known.map((definition) => definition.type))];
  throw new SpecError(`there is no component of type ${JSON.stringify(type)}`, {
    hint: suggest(type, types),
  });
}

function definitions({ sources, operators, sinks }: Registry): readonly AnyDefinition[] {
  return [...sources, ...operators, ...sinks];
}

/** A row for each option: its name, what it takes, its default, what it is. */
export function describeOptions(
  options: z.ZodObject,
): readonly (readonly [string, string, string, string])[] {
  const { properties = {}, required = [] } = inputSchema(options) as {
    properties?: Record<string, Property>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, property]) => {
    const schema = options.shape[name] as z.ZodType | undefined;
    const { duration } = metaOf(schema);
    return [
      name,
      duration ? 'duration' : shapeOf(property),
      required.includes(name) ? 'required' : defaultOf(schema, duration === true),
      property.description ?? '',
    ];
  });
}

function describe(definition: AnyDefinition): string {
  const options = describeOptions(definition.options).map(([name, ...others]) => [`  ${name}`, ...others]);
  const title = `${definition.type} (${definition.kind}): ${definition.summary}\n`;
  return title + columns(options) + definition.examples.map((example) => `  example: ${example}\n`).join('');
}

interface Property {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Property[];
  readonly oneOf?: readonly Property[];
}

function shapeOf(property: Property): string {
  const spellings = property.anyOf ?? property.oneOf;
  if (spellings !== undefined) return [...new Set(spellings.map(shapeOf))].join(' or ');
  if (property.enum !== undefined) return property.enum.join('|');
  if (property.const !== undefined) return String(property.const);
  const types: Readonly<Record<string, string>> = {
    string: 'text',
    integer: 'number',
    array: 'list',
    object: 'map',
  };
  return [property.type ?? 'anything']
    .flat()
    .map((type) => types[type] ?? type)
    .join(' or ');
}

function defaultOf(schema: z.ZodType | undefined, isDuration: boolean): string {
  const value = schema?.safeParse(undefined).data;
  if (isDuration && typeof value === 'number') return `default ${formatDuration(value)}`;
  return value === undefined || value === null || typeof value === 'object' ? '' : `default ${value}`;
}

/** Rows of cells as aligned text; the last cell is as long as it is. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line) => `${line}\n`).join('');
}
