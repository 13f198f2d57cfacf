import type { z } from 'zod';
import type { AnyDefinition } from '../component/define.ts';
import { formatDuration } from '../duration.ts';
import type { JobSpec, Nodes, OperatorSpec, SinkSpec, SourceSpec } from '../spec/job.ts';
import { isWholeReference } from '../spec/reference.ts';
import { builtIn } from '../spec/registry.ts';
import { mapTexts, metaOf, schemaAt } from '../spec/schema.ts';
import { operatorSettings, settings, sinkSettings, sourceSettings } from '../spec/settings.ts';
import type { Path } from './difference.ts';

type Node = SourceSpec | OperatorSpec | SinkSpec;
type Section = keyof Nodes;

const common = { sources: sourceSettings, operators: operatorSettings, sinks: sinkSettings } as const;

/** A job as a tree of options with the names of a jobfile, every default filled in; its own tests are left out. */
export function jobTree({ tests, sources, operators, sinks, ...rest }: JobSpec): Record<string, unknown> {
  return { sources: byName(sources), operators: byName(operators), sinks: byName(sinks), ...rest };
}

function byName(nodes: readonly Node[]): Record<string, unknown> {
  return Object.fromEntries(
    nodes.map(({ name, options, ...shared }) => [name, { ...options, ...shared }] as const),
  );
}

/** The value at this place of the tree, for a person: durations with their unit, secrets hidden, long ones cut. */
export function printValue(value: unknown, path: Path, types: TypesOfNodes): string {
  if (value === undefined || value === null) return 'none';
  const schema = schemaOf(path, types);
  if (typeof value === 'number' && metaOf(schema).duration) return formatDuration(value);
  const shown = mapTexts(value, schema, (text, { secret }) =>
    secret && !isWholeReference(text) ? '***' : text,
  );
  const text = typeof shown === 'string' ? shown : JSON.stringify(shown);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** The type of each node, by `sources.name`. */
export type TypesOfNodes = ReadonlyMap<string, string>;

export function typesOf(spec: JobSpec): TypesOfNodes {
  const sections = ['sources', 'operators', 'sinks'] as const;
  return new Map(
    sections.flatMap((section) =>
      spec[section].map(({ name, type }) => [`${section}.${name}`, type] as const),
    ),
  );
}

function schemaOf(path: Path, types: TypesOfNodes): z.ZodType | undefined {
  const [section = '', name = '', ...option] = path;
  if (!isSection(section)) return schemaAt(settings, path);
  const type = types.get(`${section}.${name}`);
  const definitions: readonly AnyDefinition[] = builtIn[section];
  const own = definitions.find((definition) => definition.type === type)?.options;
  if (option.length === 0) return own;
  return (own && schemaAt(own, option)) ?? schemaAt(common[section], option);
}

export function isSection(name: string): name is Section {
  return name in common;
}
