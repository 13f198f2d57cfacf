import { parseDocument } from 'yaml';
import { z } from 'zod';

/**
 * The value that a text of the command line stands for: the text itself where the option takes one, else the number,
 * truth value or list that it spells. What the option takes in no spelling is left for it to complain about.
 */
export function valueFor(schema: unknown, value: unknown): unknown {
  if (typeof value !== 'string' || !(schema instanceof z.ZodType)) return value;
  const spelt = [value, scalar(value), value.split(',')];
  const fits = spelt.find((one) => takes(schema, one));
  return fits === undefined ? value : fits;
}

function takes(schema: z.ZodType, value: unknown): boolean {
  try {
    return schema.safeParse(value).success;
  } catch {
    return false;
  }
}

/** A text as YAML reads it: a number, a truth value, a flow list or map, else the text. */
export function yamlValue(text: string): unknown {
  return /^\s*[[{]/.test(text) ? (yaml(text) ?? text) : scalar(text);
}

function scalar(text: string): unknown {
  const value = yaml(text);
  return typeof value === 'object' && value !== null ? text : value;
}

function yaml(text: string): unknown {
  if (text.trim() === '') return text;
  const document = parseDocument(text, { logLevel: 'silent' });
  if (document.errors.length > 0 || document.warnings.length > 0) return text;
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    return text;
  }
}
