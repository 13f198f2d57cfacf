import { z } from 'zod';
import type { AnyDefinition } from '../component/define.ts';
import { builtIn, type Registry } from './registry.ts';
import { operatorSettings, settings, sinkSettings, sourceSettings } from './settings.ts';

/** The JSON Schema (draft 2020-12) of a jobfile with these components, for editors. */
export function jobfileSchema(registry: Registry = builtIn): Record<string, unknown> {
  const jobfile = z.strictObject({
    ...settings.shape,
    sources: nodes(registry.sources, sourceSettings).describe('what the job reads'),
    operators: nodes(registry.operators, operatorSettings)
      .optional()
      .describe('what it does, from top to bottom'),
    sinks: nodes(registry.sinks, sinkSettings).describe('where results go'),
  });
  return { ...inputSchema(jobfile), title: 'A job of sluice' };
}

/** What the schema takes, before defaults and transforms. */
export function inputSchema(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}

function nodes(definitions: readonly AnyDefinition[], common: z.ZodObject) {
  const [first, ...others] = definitions.map((definition) =>
    z
      .strictObject({ ...common.shape, ...definition.options.shape, type: z.literal(definition.type) })
      .describe(definition.summary),
  );
  return z.record(z.string(), first === undefined ? z.never() : z.union([first, ...others]));
}
