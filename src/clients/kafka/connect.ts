import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import type { Admin, Kafka as KafkaClient, SASLOptions } from 'kafkajs';
import type { Clock, Millis } from '../../clock.ts';
import { messageOf, TransientError, UnreachableError } from '../../errors.ts';
import { registerCodecs } from './codecs.ts';
import { kafkaError } from './errors.ts';
import { Kafka, logLevel } from './kafkajs.ts';
import type { KafkaConnection } from './options.ts';
import { checkPendingRequestsOnly } from './request-queue.ts';

registerCodecs();
checkPendingRequestsOnly();

/** Enough for a server that stumbles; longer outages are the caller's to wait for, who can tell a person so. */
const retry = { retries: 3, initialRetryTime: 200, maxRetryTime: 1000 };

export interface KafkaEndpoint {
  readonly kafka: KafkaClient;
  /** The brokers as a person would write them, for messages. */
  readonly endpoint: string;
  readonly clientId: string;
  readonly clock: Clock;
}

/** Makes a client; nothing is sent yet. Throws UnreachableError if a PEM file can't be read. */
export async function connectKafka(
  options: KafkaConnection,
  job: string,
  clock: Clock,
): Promise<KafkaEndpoint> {
  const endpoint = `kafka://${options.brokers.join(',')}`;
  const clientId = options.client_id ?? `sluice-${job}`;
  const kafka = new Kafka({
    brokers: options.brokers,
    clientId,
    ssl: await tlsOptions(options.ssl, endpoint),
    ...(options.sasl && { sasl: options.sasl as SASLOptions }),
    connectionTimeout: options.connection_timeout,
    authenticationTimeout: options.request_timeout,
    requestTimeout: options.request_timeout,
    retry,
    // What matters of it is said by us, once, in a line for a person.
    logLevel: logLevel.NOTHING,
  });
  return { kafka, endpoint, clientId, clock };
}

/** Runs `use` with a connected admin client. Throws as `kafkaError` and `withDeadline` do. */
export async function withAdmin<Result>(
  { kafka, endpoint, clock }: KafkaEndpoint,
  within: Millis,
  use: (admin: Admin) => Promise<Result>,
): Promise<Result> {
  const admin = kafka.admin();
  const work = async () => {
    await admin.connect();
    return use(admin);
  };
  try {
    return await withDeadline(work(), within, clock, endpoint);
  } catch (error) {
    throw kafkaError(error, endpoint);
  } finally {
    // A server that hangs would keep us here until its requests time out.
    void admin.disconnect().catch(() => undefined);
  }
}

/** The promise's result, or a TransientError when it takes longer than `within`. */
export async function withDeadline<Result>(
  promise: Promise<Result>,
  within: Millis,
  clock: Clock,
  endpoint: string,
): Promise<Result> {
  const done = new AbortController();
  const late = clock.sleep(within, done.signal).then(() => {
    if (!done.signal.aborted) {
      const message = `${endpoint} does not answer within ${within / 1000} s`;
      throw new TransientError(message, { answered: false });
    }
    return promise;
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    done.abort();
    late.catch(() => undefined);
  }
}

async function tlsOptions(
  ssl: KafkaConnection['ssl'],
  endpoint: string,
): Promise<ConnectionOptions | boolean> {
  if (typeof ssl === 'boolean') return ssl;
  const pem = async (file: string | undefined) =>
    file === undefined ? undefined : await readPem(file, endpoint);
  return {
    ca: await pem(ssl.ca),
    cert: await pem(ssl.cert),
    key: await pem(ssl.key),
    passphrase: ssl.passphrase,
    servername: ssl.server_name,
    rejectUnauthorized: ssl.verify,
  };
}

async function readPem(file: string, endpoint: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UnreachableError(endpoint, `the certificate can't be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
