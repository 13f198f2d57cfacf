import { z } from 'zod';
import { duration } from '../../component/options.ts';

const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** Kept apart from the codecs themselves, so that reading a job loads none of them. */
export const compressions = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type Compression = (typeof compressions)[number];

const nameExpected = 'must be a topic: at most 249 letters, digits, dots, dashes and underscores';

export const topicName = z.string(nameExpected).regex(/^[\w.-]{1,249}$/, nameExpected);

const file = (description: string) => z.string().min(1).meta({ path: true }).describe(description).optional();

export const kafkaSsl = z.strictObject({
  ca: file('PEM file of the authorities to trust, if not those of the system'),
  cert: file("PEM file of the client's certificate"),
  key: file("PEM file of the client's private key"),
  passphrase: z.string().meta({ secret: true }).describe('of the private key').optional(),
  server_name: z.string().describe("the name in the server's certificate, if not the host's").optional(),
  verify: z.boolean().default(true).describe("whether the server's certificate is checked"),
});

const sasl = z.strictObject({
  mechanism: z
    .string()
    .toLowerCase()
    .pipe(z.enum(saslMechanisms))
    .default('plain')
    .describe('plain, scram-sha-256 or scram-sha-512'),
  username: z.string().min(1).describe('user name'),
  password: z.string().meta({ secret: true }).describe('password'),
});

const brokersExpected = 'must be a list of host:port, such as localhost:9092';

/** A list of `host:port`, or a text with commas; comes out as a list, with Kafka's own port where none is given. */
const brokers = z
  .union([z.string(brokersExpected), z.array(z.string(brokersExpected))], brokersExpected)
  .transform((given) => (typeof given === 'string' ? given.split(',') : given).map(withPort))
  .pipe(z.array(z.string().regex(/^[^\s:/]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/i, brokersExpected)).min(1));

function withPort(broker: string): string {
  const trimmed = broker.trim();
  return trimmed === '' || /:\d+$/.test(trimmed) || trimmed.endsWith(':') ? trimmed : `${trimmed}:9092`;
}

/** The options of a connection to Kafka, the same for sources and sinks. */
export const kafkaConnection = {
  brokers: brokers.describe('brokers to start from, host:port'),
  client_id: z
    .string()
    .min(1)
    .describe("the name in the brokers' logs and quotas; sluice-JOB if not given")
    .optional(),
  ssl: z
    .union([z.boolean(), kafkaSsl], 'must be true or a map such as { ca: ca.pem }')
    .describe('true, or a map with ca, cert, key, passphrase, server_name, verify')
    .default(false),
  sasl: sasl.describe('user name and password, and how they are sent').optional(),
  connection_timeout: duration().default(3000).describe('how long a broker may take to accept a connection'),
  request_timeout: duration().default(10_000).describe('how long a broker may take to answer'),
};

export const kafkaConnectionSchema = z.object(kafkaConnection);
export type KafkaConnection = z.output<typeof kafkaConnectionSchema>;

/** KAFKA_BOOTSTRAP_SERVERS, KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD, KAFKA_SECURITY_PROTOCOL. */
export function connectionFromEnvironment(environment: NodeJS.ProcessEnv): Record<string, unknown> {
  const { KAFKA_BOOTSTRAP_SERVERS, KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD } =
    environment;
  const encrypted = /^(SASL_)?SSL$/i.test(environment.KAFKA_SECURITY_PROTOCOL ?? '');
  return {
    ...(KAFKA_BOOTSTRAP_SERVERS && { brokers: KAFKA_BOOTSTRAP_SERVERS }),
    ...(encrypted && { ssl: true }),
    ...(KAFKA_SASL_USERNAME && {
      sasl: {
        ...(KAFKA_SASL_MECHANISM && { mechanism: KAFKA_SASL_MECHANISM }),
        username: KAFKA_SASL_USERNAME,
        ...(KAFKA_SASL_PASSWORD && { password: KAFKA_SASL_PASSWORD }),
      },
    }),
  };
}
