import { errors, types } from 'cassandra-driver';
import { expect, test } from 'vitest';
import { setupFailure, statementFailure } from '../../../src/clients/cassandra/failure.ts';
import { DataError, SpecError, TransientError, UnreachableError } from '../../../src/errors.ts';

const { responseErrorCodes: code } = types;

test.each([
  'writeTimeout',
  'readTimeout',
  'overloaded',
  'unavailableException',
  'isBootstrapping',
  'writeFailure',
] as const)('%s is an answer that the server may take back', (name) => {
  const failure = statementFailure(new errors.ResponseError(code[name], 'not now'));
  expect(failure).toBeInstanceOf(TransientError);
  expect(failure).toMatchObject({ answered: true, message: 'not now' });
});

test.each(['invalid', 'syntaxError', 'unauthorized'] as const)('%s refuses the row for good', (name) => {
  const failure = statementFailure(new errors.ResponseError(code[name], 'never'));
  expect(failure).toBeInstanceOf(DataError);
  expect(failure).toMatchObject({ code: 'refused', retryable: false });
});

test.each([
  ['a silent server', new errors.OperationTimedOutError('no answer')],
  ['a closed connection', Object.assign(new Error('closed'), { isSocketError: true })],
  ['no host', new errors.NoHostAvailableError({})],
  ['hosts that are down', new errors.NoHostAvailableError({ '127.0.0.1:9042': 'Host considered as DOWN' })],
])('%s did not answer', (_name, error) => {
  expect(statementFailure(error)).toMatchObject({ name: 'TransientError', answered: false });
});

test('hosts that were tried and were overloaded did answer', () => {
  const overloaded = new errors.ResponseError(code.overloaded, 'too much');
  const failure = statementFailure(new errors.NoHostAvailableError({ '10.0.0.1:9042': overloaded }));
  expect(failure).toMatchObject({ answered: true, message: '10.0.0.1:9042: too much' });
});

test('what the driver does not know is a bug, and stays what it is', () => {
  const bug = new Error('bug');
  expect(statementFailure(bug)).toBe(bug);
});

test('before the job begins, a wrong statement is the job as written, and a refusal is the endpoint', () => {
  const invalid = setupFailure(new errors.ResponseError(code.invalid, 'unknown type'), 'cassandra://h');
  expect(invalid).toBeInstanceOf(SpecError);
  const refused = setupFailure(new errors.ResponseError(code.unauthorized, 'no permission'), 'cassandra://h');
  expect(refused).toBeInstanceOf(UnreachableError);
});
