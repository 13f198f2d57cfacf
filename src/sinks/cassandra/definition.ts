import { connectionFromEnvironment, connectionFromUri } from '../../clients/cassandra/options.ts';
import { defineSink } from '../../component/define.ts';
import type { EndpointUri } from '../../component/uri.ts';
import { SpecError } from '../../errors.ts';
import { cassandraSinkOptions } from './options.ts';

export const cassandraSink = defineSink({
  kind: 'sink',
  type: 'cassandra',
  summary: 'upserts rows into a table of Apache Cassandra',
  options: cassandraSinkOptions,
  examples: [
    'cassandra://localhost:9042/analytics.page_views',
    'cassandra://h1:9042,h2:9042/analytics.page_views?dc=datacenter1&ttl=1d&consistency=quorum',
  ],
  mode: () => 'upsert',
  target: ({ table }) => `cassandra:${table}`,
  fromUri,
  fromEnvironment: connectionFromEnvironment,
  async build(options, rows) {
    const { CassandraSink } = await import('./sink.ts');
    return new CassandraSink(options, rows);
  },
});

/** What a URI's query may hold beside the connection's own. */
const inQuery = new Set(['ttl', 'consistency']);
const ofConnection = new Set(['dc', 'tls', 'username', 'password']);

function fromUri(uri: EndpointUri): Record<string, unknown> {
  const options = { ...connectionFromUri(uri), ...(uri.path !== '' && { table: uri.path }) };
  for (const name of Object.keys(uri.query)) {
    if (inQuery.has(name) || ofConnection.has(name)) continue;
    throw new SpecError(`"${name}" has no meaning in ${uri.text}`, {
      hint: `the query of a cassandra URI takes dc, tls, ${[...inQuery].join(', ')}`,
    });
  }
  const { ttl, consistency } = uri.query;
  return { ...options, ...(ttl !== undefined && { ttl }), ...(consistency !== undefined && { consistency }) };
}
