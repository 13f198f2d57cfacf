import { SpecError } from '../errors.ts';

/**
 * An endpoint's URI, taken apart but not interpreted: `kafka://h1:9092,h2:9092/a,b?group=g`,
 * `cassandra://host/ks.table`, `sqlite:path.db#table`, `file:path.jsonl`, `generate:clicks?count=10`, `-`, or a bare path.
 */
export interface EndpointUri {
  /** As it was written, for messages. */
  readonly text: string;
  /** `kafka`, `cassandra`, `sqlite`, `file`, `generate`, `stdin`, `stdout` … */
  readonly scheme: string;
  /** `h1:9092,h2:9092`; empty without `//`. Never holds credentials: those come from options or the environment. */
  readonly authority: string;
  /** Percent-decoded, without the leading slash after an authority. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** After `#`; empty if none. */
  readonly fragment: string;
}

/** One letter is no scheme but a drive (`C:\events.jsonl`). */
const schemed = /^([a-z][a-z0-9+.-]+):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is;

/**
 * Takes a URI apart. `-` is the standard stream (`stdin` for a source, `stdout` for a sink); text without a scheme is a
 * file's path, whole, whatever it holds. Throws SpecError for credentials and for broken percent-encoding.
 */
export function parseUri(text: string, standardStream: 'stdin' | 'stdout'): EndpointUri {
  const bare = { text, authority: '', path: '', query: {}, fragment: '' };
  if (text === '-') return { ...bare, scheme: standardStream };
  if (text.trim() === '')
    throw new SpecError('the URI is empty', { hint: 'for example kafka://host:9092/topic' });
  const match = schemed.exec(text);
  if (match === null) return { ...bare, scheme: 'file', path: text };

  const [, scheme = '', authority, path = '', query = '', fragment = ''] = match;
  refuseCredentials(authority ?? '');
  return {
    text,
    scheme: scheme.toLowerCase(),
    authority: decode(authority ?? ''),
    path: decode(authority ? path.replace(/^\//, '') : path),
    query: parseQuery(query),
    fragment: decode(fragment),
  };
}

function refuseCredentials(authority: string): void {
  if (!authority.includes('@')) return;
  throw new SpecError('a URI holds no user name and password', {
    hint: `set them in the environment, or in a jobfile as \${env:NAME}`,
  });
}

function parseQuery(text: string): Record<string, string> {
  const query: Record<string, string> = {};
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const [name = '', ...value] = pair.split('=');
    query[decode(name)] = value.length === 0 ? 'true' : decode(value.join('='));
  }
  return query;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new SpecError(`broken percent-encoding in "${text}"`, { hint: 'write a lone % as %25' });
  }
}

/** The query as options, for a component whose options are flags and numbers: `true`, `false` and numbers as such. */
export function scalarsOf(query: EndpointUri['query']): Record<string, string | number | boolean> {
  return Object.fromEntries(Object.entries(query).map(([name, text]) => [name, scalarOf(text)]));
}

function scalarOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** The path of a URI that names a file, with the part after `//` that reads like a host. Throws SpecError for a `#`. */
export function filePathOf({ authority, path, fragment }: EndpointUri): string {
  if (fragment !== '') throw new SpecError('a file has no #fragment', { hint: 'write a # in a name as %23' });
  return authority === '' ? path : `${authority}/${path}`;
}
