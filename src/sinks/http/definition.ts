import { z } from 'zod';
import { defineSink } from '../../component/define.ts';
import { duration } from '../../component/options.ts';
import type { EndpointUri } from '../../component/uri.ts';
import { SpecError } from '../../errors.ts';
import { bodies, HttpSink } from './sink.ts';

const urlRule = 'must be a URL that begins with http:// or https://';

const options = z.object({
  url: z
    .string(urlRule)
    .refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''), urlRule)
    .refine(
      (text) => `${URL.parse(text)?.username}${URL.parse(text)?.password}` === '',
      'holds no user name and password; write headers: { authorization: … }',
    )
    .describe('where events are sent'),
  method: z.enum(['POST', 'PUT']).default('POST').describe('how they are sent'),
  body: z
    .enum(bodies)
    .default('event')
    .describe(
      'what a request holds: one event as JSON, a batch as a JSON array, or a batch as lines of JSON',
    ),
  headers: z
    .record(
      z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'must be the name of a header'),
      z
        .string()
        .regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be one line of Latin characters')
        .meta({ secret: true }),
    )
    .default({})
    .describe('headers of each request'),
  timeout: duration().prefault('10s').describe('how long an answer is waited for'),
});

export const httpSink = defineSink({
  kind: 'sink',
  type: 'http',
  schemes: ['https'],
  summary: 'sends events to a web hook, one by one or in batches',
  options,
  examples: ['http://localhost:8080/alerts', 'https://hooks.example.com/alerts?team=a'],
  mode: () => 'direct',
  target: () => undefined,
  appendsOnly: () => true,
  fromUri: (uri) => ({ url: urlOf(uri) }),
  build: async (given, { identity }) => new HttpSink(given, identity),
});

/** The URL as it was written, without what of its query is an option of every sink. */
function urlOf({ text, query, fragment }: EndpointUri): string {
  if (fragment !== '')
    throw new SpecError('the URL of a web hook has no #fragment', { hint: 'leave it out' });
  const url = URL.parse(text);
  if (url === null)
    throw new SpecError(`${JSON.stringify(text)} is no URL`, { hint: 'for example https://host/path' });
  for (const name of [...url.searchParams.keys()])
    if (!Object.hasOwn(query, name)) url.searchParams.delete(name);
  return url.href;
}
