import { z } from 'zod';
import {
  cassandraConnection,
  connectionFromEnvironment as cassandraFromEnvironment,
  connectionFromUri,
} from '../clients/cassandra/options.ts';
import {
  kafkaConnection,
  connectionFromEnvironment as kafkaFromEnvironment,
  kafkaSsl,
  topicName,
} from '../clients/kafka/options.ts';
import { optionsFromUri } from '../clients/kafka/uri.ts';
import { duration } from '../component/options.ts';
import { filePathOf, parseUri } from '../component/uri.ts';
import { SpecError } from '../errors.ts';
import type { JobDocument } from './document.ts';
import { layEnvironment } from './environment.ts';
import { tableName, whole } from './fields.ts';
import type { Environment } from './reference.ts';

const retries = {
  max_retries: whole()
    .min(0)
    .default(3)
    .describe('attempts after the first that a server may refuse for now'),
  retry_delay: duration().prefault('5s').describe('the time before the first retry; it doubles with each'),
};

const inCheckpoint = z.strictObject({
  type: z
    .literal('sqlite')
    .optional()
    .transform(() => 'sqlite' as const)
    .describe('in the database of the checkpoints; they are there in any case, and another type is a copy'),
  path: z.string().min(1).nullable().default(null).meta({ path: true }).describe('the file of that database'),
  table: tableName
    .nullable()
    .default(null)
    .describe(
      'the table they are rows of: sluice_dead_letters, in Cassandra stream_dead_letters, if left out',
    ),
  ...retries,
});

/** Who may log in is said by the environment alone, so that no checkpoint ever holds a password. */
const { username: _, password: __, ...cassandra } = cassandraConnection;
const { sasl: ___, ...servers } = kafkaConnection;
const kafka = {
  ...servers,
  ssl: z
    .union([z.boolean(), kafkaSsl.omit({ passphrase: true })], 'must be true or a map such as { ca: ca.pem }')
    .describe('true, or a map with ca, cert, key, server_name, verify')
    .default(false),
};

const inCassandra = z.strictObject({
  type: z.literal('cassandra').describe('rows of a table, one a letter, as it is now'),
  ...cassandra,
  keyspace: tableName.describe('the keyspace of the table, created when missing'),
  table: tableName.default('stream_dead_letters').describe('the table, created when missing'),
  ...retries,
});

const inKafka = z.strictObject({
  type: z.literal('kafka').describe('the original records of a topic, with what went wrong in their headers'),
  ...kafka,
  topic: topicName.describe('topic to write to; created if missing'),
  ...retries,
});

const inFile = z.strictObject({
  type: z.literal('file').describe('lines of JSON'),
  path: z.string().min(1).meta({ path: true }).describe('the file; it is added to'),
  ...retries,
});

/** Where dead letters are kept beside the checkpoints, and what comes before there is one. */
export const deadLetters = z.discriminatedUnion('type', [inCheckpoint, inCassandra, inKafka, inFile]);

export type CassandraLettersSpec = z.output<typeof inCassandra>;
export type KafkaLettersSpec = z.output<typeof inKafka>;
export type DeadLettersSpec = z.output<typeof deadLetters>;

const hint = 'give sqlite:PATH#TABLE, cassandra://HOST/KEYSPACE.TABLE, kafka://HOST/TOPIC or file:PATH';

/** `--dlq URI` as options of `dead_letters`. Throws SpecError. */
export function deadLettersFromUri(text: string): Record<string, unknown> {
  const uri = parseUri(text, 'stdout');
  switch (uri.scheme) {
    case 'sqlite':
      return {
        type: 'sqlite',
        ...(uri.path !== '' && { path: uri.path }),
        ...(uri.fragment !== '' && { table: uri.fragment }),
      };
    case 'cassandra':
      return { type: 'cassandra', ...connectionFromUri(uri), ...tableOf(uri.path) };
    case 'kafka':
      return { type: 'kafka', ...optionsFromUri(uri, inKafka), ...(uri.path !== '' && { topic: uri.path }) };
    case 'file':
      return { type: 'file', path: filePathOf(uri) };
    default:
      throw new SpecError(`dead letters can't be kept in ${JSON.stringify(text)}`, { hint });
  }
}

/** `KEYSPACE.TABLE`, or the keyspace alone. */
function tableOf(path: string): Record<string, unknown> {
  const [keyspace = '', ...table] = path.split('.');
  return { ...(keyspace !== '' && { keyspace }), ...(table.length > 0 && { table: table.join('.') }) };
}

/** Lays the servers that the standard environment variables name over those of the copies. */
export function layLetterEnvironment(document: JobDocument, environment: Environment): void {
  const path = ['dead_letters'];
  switch (document.get([...path, 'type'])) {
    case 'cassandra':
      layEnvironment(
        document,
        path,
        { options: inCassandra, fromEnvironment: cassandraServers },
        environment,
      );
      break;
    case 'kafka':
      layEnvironment(document, path, { options: inKafka, fromEnvironment: kafkaServers }, environment);
      break;
  }
}

function cassandraServers(environment: NodeJS.ProcessEnv): Record<string, unknown> {
  const { username: _, password: __, ...servers } = cassandraFromEnvironment(environment);
  return servers;
}

function kafkaServers(environment: NodeJS.ProcessEnv): Record<string, unknown> {
  const { sasl: _, ...servers } = kafkaFromEnvironment(environment);
  return servers;
}
