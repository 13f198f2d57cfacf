import { messageOf, SpecError, TransientError, UnreachableError } from '../../errors.ts';

/** What the errors of kafkajs have in common, as far as any of them has it. */
interface KafkaFailure {
  readonly name: string;
  readonly message: string;
  /** The protocol's name of a broker's answer: `TOPIC_AUTHORIZATION_FAILED`. */
  readonly type?: string;
  /** Node's code of a connection that failed: `ECONNREFUSED`. */
  readonly code?: string | number;
  readonly broker?: string;
  readonly retriable?: boolean;
  readonly cause?: unknown;
  /** Of an error for several topics. */
  readonly errors?: readonly unknown[];
}

const silent = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSBrokerNotFound',
  'KafkaJSNoBrokerAvailableError',
  'KafkaJSLockTimeout',
  'KafkaJSGroupCoordinatorNotFound',
  'KafkaJSMetadataNotLoaded',
  'KafkaJSTopicMetadataNotLoaded',
]);

/** The answers that mean that another attempt, or another broker, may do better, though kafkajs has some as final. */
const passing = new Set([
  'BROKER_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'OFFSET_NOT_AVAILABLE',
]);

/** What kafkajs threw at the bottom of its wrappers (`KafkaJSNumberOfRetriesExceeded` …). */
export function rootOf(error: unknown): KafkaFailure {
  let root = error as KafkaFailure;
  for (;;) {
    const inner = root.errors?.[0] ?? root.cause;
    if (!(inner instanceof Error) || inner === root) return root;
    root = inner as KafkaFailure;
  }
}

/**
 * Anything kafkajs throws, as one of sluice's own errors: UnreachableError where the server refuses us for good,
 * TransientError where it may do later, `answered` if it said so itself. What is none of these is passed through.
 */
export function kafkaError(error: unknown, endpoint: string): Error {
  const root = rootOf(error);
  if (root instanceof SpecError || root instanceof UnreachableError || root instanceof TransientError)
    return root;
  const refusal = refusalOf(root);
  if (refusal !== undefined)
    return new UnreachableError(endpoint, refusal.message, { hint: refusal.hint, cause: error });
  if (silent.has(root.name))
    return new TransientError(silenceOf(root, endpoint), { answered: false, cause: error });
  // On its way through a join kafkajs strips an answer of its type.
  if (root.retriable === true || (root.type !== undefined && passing.has(root.type)))
    return new TransientError(`kafka answers: ${root.message}`, { answered: true, cause: error });
  return root.name.startsWith('KafkaJS')
    ? new Error(`kafka: ${root.message}`, { cause: error })
    : (root as Error);
}

/** As `kafkaError`, at the start of a job, when what may do later is not waited for. */
export function startError(error: unknown, endpoint: string): Error {
  const mapped = kafkaError(error, endpoint);
  return mapped instanceof TransientError
    ? new UnreachableError(endpoint, mapped.message, {
        hint: isClosed(rootOf(error))
          ? 'does it want TLS or a login? set ssl and sasl'
          : 'is it running, and is the address right?',
        cause: error,
      })
    : mapped;
}

/** As a broker does that was spoken to in another protocol than it expects at that port. */
function isClosed({ name, message }: KafkaFailure): boolean {
  return name === 'KafkaJSConnectionClosedError' || message === 'Closed connection';
}

function refusalOf(root: KafkaFailure): { message: string; hint: string } | undefined {
  if (root.name === 'KafkaJSSASLAuthenticationError' || root.type === 'SASL_AUTHENTICATION_FAILED')
    return { message: `kafka refuses the user name or password: ${root.message}`, hint: 'check sasl' };
  if (root.type === 'ILLEGAL_SASL_STATE' || root.type === 'UNSUPPORTED_SASL_MECHANISM')
    return {
      message: `kafka refuses to log us in: ${root.message}`,
      hint: 'check sasl and the port of the broker',
    };
  if (root.type?.endsWith('AUTHORIZATION_FAILED'))
    return { message: `kafka refuses: ${root.message}`, hint: "ask for this user's access" };
  if (root.name === 'KafkaJSConnectionError' && /CERT|_SSL_|_TLS_|VERIFY/.test(String(root.code)))
    return { message: `TLS fails: ${reasonOf(root)}`, hint: 'check ssl.ca, ssl.cert and ssl.server_name' };
  return undefined;
}

function silenceOf(root: KafkaFailure, endpoint: string): string {
  const broker = root.broker === undefined ? endpoint : `kafka://${root.broker}`;
  if (root.code === 'ECONNREFUSED') return `${broker} can't be reached: connection refused`;
  if (root.code === 'ENOTFOUND') return `${broker} can't be reached: no such host`;
  if (root.name === 'KafkaJSRequestTimeoutError') return `${broker} does not answer`;
  return `${broker} can't be reached: ${reasonOf(root)}`;
}

function reasonOf(root: KafkaFailure): string {
  return messageOf(root)
    .replace(/^Connection error: /, '')
    .replace(/; if the root CA .*$/s, '')
    .toLowerCase();
}
