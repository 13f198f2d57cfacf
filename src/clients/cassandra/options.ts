import { z } from 'zod';
import { names } from '../../component/options.ts';
import type { EndpointUri } from '../../component/uri.ts';
import { SpecError } from '../../errors.ts';

const tls = z.strictObject({
  ca: z.string().optional().meta({ path: true }).describe('file with the certificate authorities to trust'),
  cert: z.string().optional().meta({ path: true }).describe('file with our certificate'),
  key: z.string().optional().meta({ path: true }).describe("file with our certificate's private key"),
  server_name: z.string().optional().describe("the name in the server's certificate, if not its address"),
  verify: z.boolean().default(true).describe("whether the server's certificate is checked"),
});

/** How to reach Cassandra: the same keys wherever it is used. Spread into a component's own options. */
export const cassandraConnection = {
  contact_points: names('must be a host, host:port or a list of them')
    .default(['127.0.0.1'])
    .describe('hosts to begin with, as host or host:port'),
  port: z.int().min(1).max(65535).default(9042).describe('port of the hosts that are given without one'),
  local_dc: z
    .string()
    .min(1)
    .optional()
    .describe("datacenter to talk to; the first contact point's own if left out"),
  username: z.string().optional().describe('user name'),
  password: z.string().optional().meta({ secret: true }).describe('password'),
  tls: z
    .union([z.boolean(), tls])
    .default(false)
    .describe('encrypt the connection; certificates are verified'),
};

export type CassandraConnection = z.output<z.ZodObject<typeof cassandraConnection>>;

/** `cassandra://h1:9042,h2/…?dc=dc1&tls=true` as connection options. What else is in the query is left to the caller. */
export function connectionFromUri(uri: EndpointUri): Record<string, unknown> {
  for (const name of ['username', 'password']) {
    if (name in uri.query) {
      throw new SpecError(`a URI holds no ${name}`, {
        hint: `set CASSANDRA_${name.toUpperCase()} in the environment`,
      });
    }
  }
  const { dc, tls: encrypted } = uri.query;
  return {
    ...(uri.authority !== '' && { contact_points: uri.authority.split(',') }),
    ...(dc !== undefined && { local_dc: dc }),
    ...(encrypted !== undefined && { tls: encrypted === 'true' }),
  };
}

export function connectionFromEnvironment(environment: NodeJS.ProcessEnv): Record<string, unknown> {
  const { CASSANDRA_CONTACT_POINTS, CASSANDRA_LOCAL_DC } = environment;
  return {
    ...(CASSANDRA_CONTACT_POINTS && { contact_points: CASSANDRA_CONTACT_POINTS.split(',') }),
    ...(CASSANDRA_LOCAL_DC && { local_dc: CASSANDRA_LOCAL_DC }),
    ...loginFromEnvironment(environment),
  };
}

export function loginFromEnvironment(environment: NodeJS.ProcessEnv): {
  username?: string;
  password?: string;
} {
  const { CASSANDRA_USERNAME, CASSANDRA_PASSWORD } = environment;
  return {
    ...(CASSANDRA_USERNAME && { username: CASSANDRA_USERNAME }),
    ...(CASSANDRA_PASSWORD && { password: CASSANDRA_PASSWORD }),
  };
}

/** For messages. */
export function endpointOf(options: Pick<CassandraConnection, 'contact_points'>): string {
  return `cassandra://${options.contact_points.join(',')}`;
}
