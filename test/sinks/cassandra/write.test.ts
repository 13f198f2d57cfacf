import { errors, types } from 'cassandra-driver';
import { expect, test } from 'vitest';
import { UnsettledError } from '../../../src/component/sink.ts';
import type { Event } from '../../../src/event.ts';
import { Flight } from '../../../src/sinks/cassandra/flight.ts';
import { RowBinder } from '../../../src/sinks/cassandra/row.ts';
import type { Request } from '../../../src/sinks/cassandra/statement-plan.ts';
import { type Outcome, Write } from '../../../src/sinks/cassandra/write.ts';
import { eventOf, tableOf } from './table.ts';

const { responseErrorCodes: code } = types;
const refused = new errors.ResponseError(code.invalid, 'too large');
const timedOut = new errors.ResponseError(code.writeTimeout, 'timed out');
const silent = new errors.OperationTimedOutError('no answer');

const binder = new RowBinder(tableOf('user text, ts int, value int', ['user'], ['ts']), 0);

/** Events of users a, b, … at time 1, in this order: `a b a`. */
function eventsOf(users: string): Event[] {
  return users.split(' ').map((user, value) => eventOf({ user, ts: user === '?' ? null : 1, value }));
}

function begin(batch: readonly Event[], known = new Map<Event, Outcome>()): Write {
  return new Write(batch, {
    bind: (event, index) => binder.bind(event, index, 5n),
    recall: (event) => known.get(event),
    clusteringOf: (row) => binder.clusteringOf(row),
    overloaded: () => undefined,
  });
}

/** Sends all requests one by one, answered by the indices of their rows; returns those sent. */
function answer(write: Write, answers: Record<string, Error>): string[] {
  const flight = new Flight<Request>(write.requests, write.settle);
  const sent: string[] = [];
  for (let request = flight.take(); request !== undefined; request = flight.take()) {
    const indices = request.rows.map(({ index }) => index).join(',');
    sent.push(indices);
    flight.settled(request, answers[indices]);
  }
  return sent;
}

function failureOf(write: Write): UnsettledError {
  try {
    write.finish();
  } catch (error) {
    if (error instanceof UnsettledError) return error;
  }
  throw new Error('the write did not fail');
}

test('a request that is refused is asked again row by row', () => {
  const write = begin([...eventsOf('a'), eventOf({ user: 'a', ts: 2 })]);
  expect(answer(write, { '0,1': refused, 1: refused })).toEqual(['0,1', '0', '1']);
  expect(write.finish()).toMatchObject([{ index: 1, error: { code: 'refused' } }]);
});

test('when the last upsert of a row is refused, the one before it is written', () => {
  const write = begin(eventsOf('a a a'));
  expect(answer(write, { 2: refused })).toEqual(['2', '1']);
  expect(write.finish().map(({ index }) => index)).toEqual([2]);
});

test('an answer "not now" leaves its own rows unsettled, and the others are sent', () => {
  const write = begin(eventsOf('a b c ?'));
  expect(answer(write, { 1: timedOut })).toEqual(['0', '1', '2']);
  expect(failureOf(write)).toMatchObject({
    answered: true,
    unsettled: [1],
    rejections: [{ index: 3, error: { code: 'missing_key' } }],
  });
});

test('a server that is silent is not asked for the rest', () => {
  const write = begin(eventsOf('a b c'));
  expect(answer(write, { 1: silent })).toEqual(['0', '1']);
  expect(failureOf(write)).toMatchObject({ answered: false, unsettled: [1, 2] });
});

test('the rows that a row would have covered are unsettled with it', () => {
  const write = begin(eventsOf('a b a'));
  answer(write, { 2: timedOut });
  expect(failureOf(write).unsettled).toEqual([0, 2]);
});

test('a retry writes only what is left, row by row, and reports what was refused before', () => {
  const batch = [...eventsOf('a b ? c'), eventOf({ user: 'c', ts: 2 })];
  const first = begin(batch);
  answer(first, { 1: timedOut, '3,4': timedOut });
  const retry = begin(batch, new Map(first.outcomes()));
  expect(answer(retry, {})).toEqual(['1', '3', '4']);
  expect(retry.finish()).toMatchObject([{ index: 2, error: { code: 'missing_key' } }]);
});

test('what is no answer of the server ends the flight', async () => {
  const write = begin(eventsOf('a b'));
  const flight = new Flight<Request>(write.requests, write.settle);
  const landing = expect(flight.landed).rejects.toThrow('bug');
  flight.settled(flight.take()!, new Error('bug'));
  await landing;
  expect(flight.waiting).toBe(false);
});
