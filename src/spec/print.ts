import { isDeepStrictEqual } from 'node:util';
import { Document, isScalar, visit } from 'yaml';
import type { z } from 'zod';
import type { AnyDefinition } from '../component/define.ts';
import { formatDuration } from '../duration.ts';
import { type DeadLettersSpec, deadLetters } from './dead-letters.ts';
import type { JobSpec, OperatorSpec, SinkSpec, SourceSpec } from './job.ts';
import { isWholeReference } from './reference.ts';
import { builtIn, type Registry } from './registry.ts';
import { mapTexts } from './schema.ts';
import { operatorSettings, settings, sinkSettings, sourceSettings } from './settings.ts';

type Map = Record<string, unknown>;
type Node = SourceSpec | OperatorSpec | SinkSpec;

/**
 * The jobfile of a spec, as short as it can be; read back, it gives the same spec. A secret that is no reference is
 * printed as `***`.
 */
export function printJob(spec: JobSpec, registry: Registry = builtIn): string {
  const document = new Document(jobfileOf(spec, registry, { redact: true }), {
    aliasDuplicateObjects: false,
  });
  visit(document, {
    Seq: (_, list) => {
      list.flow = list.items.every(isScalar);
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** The same as a value; without `redact`, secrets are in it as in the spec. */
export function jobfileOf(spec: JobSpec, registry: Registry, { redact }: { redact: boolean }): Map {
  const { name, sources, operators, sinks, ...rest } = spec;
  const section = <N extends Node>(kind: keyof Registry, nodes: readonly N[], common: z.ZodObject) =>
    Object.fromEntries(nodes.map((node) => [node.name, nodeOf(node, registry[kind], common, spec, redact)]));
  return {
    name,
    sources: section('sources', sources, sourceSettings),
    ...(operators.length > 0 && { operators: section('operators', operators, operatorSettings) }),
    sinks: section('sinks', sinks, sinkSettings),
    ...settingsOf(rest),
  };
}

function nodeOf(
  node: Node,
  definitions: readonly AnyDefinition[],
  common: z.ZodObject,
  job: JobSpec,
  redact: boolean,
): Map {
  const schema = definitions.find((definition) => definition.type === node.type)?.options;
  const { name, type, options, ...shared } = node;
  const own = schema === undefined ? options : withoutDefaults(options, schema);
  const inherited = (key: string, value: unknown) =>
    (key === 'batch_size' && value === job.batch_size) ||
    (key === 'flush_interval' && value === job.flush_interval);
  const written = Object.entries(withoutDefaults(shared, common)).filter(
    ([key, value]) => !inherited(key, value),
  );
  const { from, ...others } = spellDurations(Object.fromEntries(written), [
    'watermark',
    'idle_timeout',
    'flush_interval',
  ]);
  const redacted = mapTexts(own, schema, (text, { secret }) =>
    redact && secret && !isWholeReference(text) ? '***' : text,
  );
  return { type, ...(from !== undefined && { from }), ...(redacted as Map), ...others };
}

function settingsOf(rest: Omit<JobSpec, 'name' | 'sources' | 'operators' | 'sinks'>): Map {
  const { max_errors, checkpoint, metrics, dead_letters, ...others } = withoutDefaults(rest, settings);
  return {
    ...spellDurations(others, ['flush_interval', 'sink_timeout']),
    ...(dead_letters !== undefined && { dead_letters: lettersOf(rest.dead_letters) }),
    ...(checkpoint !== undefined && {
      checkpoint: rest.checkpoint ? spellDurations(rest.checkpoint, ['interval']) : 'none',
    }),
    ...(metrics !== undefined && { metrics }),
    ...(max_errors !== undefined && { max_errors }),
  };
}

function lettersOf(letters: DeadLettersSpec): Map {
  const schema = deadLetters.options.find(({ shape }) => shape.type.safeParse(letters.type).success);
  const { type, ...others } = letters;
  return { type, ...spellDurations(schema ? withoutDefaults(others, schema) : others, ['retry_delay']) };
}

function withoutDefaults(value: object, schema: z.ZodObject): Map {
  const isDefault = ([name, one]: [string, unknown]) => {
    const byDefault = schema.shape[name]?.safeParse(undefined);
    return byDefault?.success === true && isDeepStrictEqual(byDefault.data, one);
  };
  return Object.fromEntries(Object.entries(value).filter((entry) => !isDefault(entry)));
}

function spellDurations(map: object, names: readonly string[]): Map {
  return Object.fromEntries(
    Object.entries(map).map(([name, value]) => [
      name,
      names.includes(name) && typeof value === 'number' ? formatDuration(value) : value,
    ]),
  );
}
