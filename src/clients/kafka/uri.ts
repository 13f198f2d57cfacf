import type { z } from 'zod';
import type { EndpointUri } from '../../component/uri.ts';

/**
 * The options in a URI's authority and query. `ssl.ca=ca.pem` is a key in a map; a text becomes a number or a boolean
 * where `options` takes one and no text. What `options` does not know is passed on for it to complain about.
 */
export function optionsFromUri(uri: EndpointUri, options: z.ZodObject): Record<string, unknown> {
  const read: Record<string, unknown> = uri.authority === '' ? {} : { brokers: uri.authority };
  for (const [name, text] of Object.entries(uri.query)) {
    const [outer = '', ...inner] = name.split('.');
    if (inner.length === 0) read[outer] = typed(text, options.shape[outer]);
    else read[outer] = { ...mapOf(read[outer]), [inner.join('.')]: truth(text) };
  }
  return read;
}

function mapOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function typed(text: string, schema: z.ZodType | undefined): unknown {
  if (schema === undefined || schema.safeParse(text).success) return text;
  const value = text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : truth(text);
  return schema.safeParse(value).success ? value : text;
}

function truth(text: string): unknown {
  return text === 'true' || text === 'false' ? text === 'true' : text;
}
