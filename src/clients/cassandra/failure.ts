import { errors, types } from 'cassandra-driver';
import { DataError, SpecError, TransientError, UnreachableError } from '../../errors.ts';

const { responseErrorCodes: code } = types;

/** Answers about the statement that the server may take back later. A time-out leaves open whether it was applied. */
const passing = new Set<number>([
  code.serverError,
  code.unavailableException,
  code.overloaded,
  code.isBootstrapping,
  code.truncateError,
  code.writeTimeout,
  code.readTimeout,
  code.readFailure,
  code.writeFailure,
  code.unprepared,
]);

/** What a failed statement means; anything that is neither is a bug, and comes back as it is. */
export function statementFailure(error: unknown): DataError | TransientError | Error {
  if (error instanceof errors.ResponseError) {
    return passing.has(error.code)
      ? new TransientError(error.message, { answered: true, cause: error })
      : new DataError('refused', error.message, { cause: error });
  }
  if (error instanceof errors.NoHostAvailableError) return noHostFailure(error);
  if (isConnectionFailure(error)) return new TransientError(error.message, { answered: false, cause: error });
  if (error instanceof TypeError || error instanceof RangeError) {
    return new DataError('refused', `the row can't be encoded: ${error.message}`, { cause: error });
  }
  return error instanceof Error ? error : new Error(String(error));
}

/** The server takes none of these back: the statement does not fit what is there. */
const wrong = new Set<number>([code.syntaxError, code.invalid, code.configError, code.alreadyExists]);

/** What a failure means while tables are read or created, before the job begins. */
export function setupFailure(error: unknown, endpoint: string): unknown {
  if (error instanceof errors.NoHostAvailableError) {
    return new UnreachableError(endpoint, describeNoHost(error), { cause: error });
  }
  if (error instanceof errors.ResponseError && wrong.has(error.code)) {
    return new SpecError(`the server answers: ${error.message}`, { place: endpoint });
  }
  if (error instanceof errors.ResponseError || isConnectionFailure(error)) {
    return new UnreachableError(endpoint, error.message, { cause: error });
  }
  return error;
}

/** Every host was tried: it was an answer if any of them answered. */
function noHostFailure(error: errors.NoHostAvailableError): TransientError {
  const tried = triedHosts(error);
  const answer = tried.find(([, inner]) => inner instanceof errors.ResponseError);
  const answered = answer !== undefined && passing.has((answer[1] as errors.ResponseError).code);
  return new TransientError(describeNoHost(error), { answered, cause: error });
}

/** The first reason, in one line: `127.0.0.1:9042: connection refused`. */
export function describeNoHost(error: errors.NoHostAvailableError): string {
  const [first] = triedHosts(error);
  if (first === undefined) return 'none of its hosts is up';
  const [host, inner] = first;
  const { code = '', message = String(inner) } = (inner ?? {}) as { code?: string; message?: string };
  const reason = reasons[code] ?? message;
  return reason.includes(host) ? reason : `${host}: ${reason}`;
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'its name can not be looked up',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to it',
};

function triedHosts(error: errors.NoHostAvailableError): [string, unknown][] {
  return Object.entries((error.innerErrors ?? {}) as Record<string, unknown>);
}

function isConnectionFailure(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return (
    error instanceof errors.OperationTimedOutError ||
    error instanceof errors.BusyConnectionError ||
    error instanceof errors.AuthenticationError ||
    ('isSocketError' in error && error.isSocketError === true)
  );
}
