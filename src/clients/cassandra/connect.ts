import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { Client, errors, type Host, policies } from 'cassandra-driver';
import type { Clock, Millis } from '../../clock.ts';
import { messageOf, SpecError, UnreachableError } from '../../errors.ts';
import { controlConnectionOf, refreshOneAtATime } from './control-connection.ts';
import { ContactPointDatacenter } from './datacenter.ts';
import { describeNoHost } from './failure.ts';
import { type CassandraConnection, endpointOf } from './options.ts';

const CONNECT_TIMEOUT: Millis = 10_000;
/** A server that is back must be found soon; the driver's own pauses grow to ten minutes. */
const RECONNECT_PAUSE: Millis = 1000;

/**
 * A connected client. Values come back as JavaScript's own where there is one: bigint for bigint and varint, Map, Set.
 * Throws UnreachableError within 10 s, SpecError for options that can't be right.
 */
export async function connectCassandra(options: CassandraConnection, clock: Clock): Promise<Client> {
  const client = new Client({
    contactPoints: options.contact_points,
    protocolOptions: { port: options.port },
    ...(options.local_dc !== undefined && { localDataCenter: options.local_dc }),
    ...(options.username !== undefined && {
      credentials: { username: options.username, password: options.password ?? '' },
    }),
    ...(options.tls !== false && {
      sslOptions: tlsOptions(options.tls === true ? { verify: true } : options.tls),
    }),
    policies: {
      reconnection: new policies.reconnection.ConstantReconnectionPolicy(RECONNECT_PAUSE),
      ...(options.local_dc === undefined && { loadBalancing: new ContactPointDatacenter() }),
    },
    socketOptions: { connectTimeout: 5000 },
    encoding: { map: Map, set: Set, useBigIntAsLong: true, useBigIntAsVarint: true },
    monitorReporting: { enabled: false },
  });
  client.on('hostRemove', closeForGood);
  refreshOneAtATime(controlConnectionOf(client), clock, RECONNECT_PAUSE);
  try {
    await withinTime(client.connect(), clock);
    return client;
  } catch (error) {
    void client.shutdown().catch(() => undefined);
    throw connectFailure(error, options);
  }
}

/**
 * After an outage the driver may put a new host in the place of the same old one, which it forgets: the old one would
 * reconnect by itself, and that connection would outlive the client.
 */
function closeForGood(host: Host): void {
  void (host as Host & { shutdown(waitForPending: boolean): Promise<void> }).shutdown(false);
}

async function withinTime(connecting: Promise<void>, clock: Clock): Promise<void> {
  const connected = new AbortController();
  const late = clock.sleep(CONNECT_TIMEOUT, connected.signal).then(() => {
    if (!connected.signal.aborted) throw new Error(`no answer within ${CONNECT_TIMEOUT / 1000} s`);
  });
  try {
    await Promise.race([connecting, late]);
  } finally {
    connected.abort();
    connecting.catch(() => undefined);
  }
}

function connectFailure(error: unknown, options: CassandraConnection): Error {
  const endpoint = endpointOf(options);
  const causes = causesOf(error);
  const wrong = causes.find((cause) => cause instanceof errors.ArgumentError);
  if (wrong !== undefined && options.local_dc !== undefined) {
    return new SpecError(`${endpoint} has no datacenter "${options.local_dc}"`, {
      hint: datacentersIn(wrong.message),
    });
  }
  const refused = causes.find((cause) => cause instanceof errors.AuthenticationError);
  if (refused !== undefined) {
    return new UnreachableError(endpoint, `login refused: ${refused.message}`, {
      hint: 'set CASSANDRA_USERNAME and CASSANDRA_PASSWORD',
      cause: error,
    });
  }
  const message = error instanceof errors.NoHostAvailableError ? describeNoHost(error) : messageOf(error);
  return new UnreachableError(endpoint, `can't be reached: ${withoutHost(message, options)}`, {
    hint: 'is it running, and is the address right?',
    cause: error,
  });
}

/** The only host is in the endpoint, and need not be named again. */
function withoutHost(message: string, { contact_points: [host, another] }: CassandraConnection): string {
  return another === undefined && message.startsWith(`${host}: `)
    ? message.slice(`${host}: `.length)
    : message;
}

/** Itself, and what each host failed with. */
function causesOf(error: unknown): unknown[] {
  if (!(error instanceof errors.NoHostAvailableError)) return [error];
  return [error, ...Object.values((error.innerErrors ?? {}) as Record<string, unknown>)];
}

function datacentersIn(message: string): string {
  const found = /\[([^\]]*)\]\s*\.?$/.exec(message)?.[1];
  return found === undefined ? message : `it has ${found}`;
}

type Tls = Exclude<CassandraConnection['tls'], boolean>;

/** The driver does not verify certificates unless it is told to. */
function tlsOptions({ ca, cert, key, server_name, verify }: Tls): ConnectionOptions {
  return {
    rejectUnauthorized: verify,
    ...(ca !== undefined && { ca: readTlsFile('ca', ca) }),
    ...(cert !== undefined && { cert: readTlsFile('cert', cert) }),
    ...(key !== undefined && { key: readTlsFile('key', key) }),
    ...(server_name !== undefined && { servername: server_name }),
  };
}

function readTlsFile(option: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new SpecError(`tls.${option} can't be read: ${messageOf(error)}`, { place: `tls.${option}` });
  }
}
