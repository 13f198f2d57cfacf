import { expect, test } from 'vitest';
import { type Row, RowBinder } from '../../../src/sinks/cassandra/row.ts';
import { planRequests } from '../../../src/sinks/cassandra/statement-plan.ts';
import { type EventOptions, eventOf, tableOf } from './table.ts';

const binder = new RowBinder(tableOf('user text, ts int, value int', ['user'], ['ts']), 0);

/** `a1=5` upserts value 5 for user a at time 1; `a1-` deletes that row. */
function rowsOf(text: string, options: EventOptions = {}): Row[] {
  return text.split(' ').map((word, index) => {
    const [, user = '', ts, value] = /^(\w)(\d+)(?:=(\d+)|-)$/.exec(word)!;
    const change = value === undefined ? 'delete' : 'upsert';
    return binder.bind(
      eventOf({ user, ts: Number(ts), value: Number(value ?? 0) }, { ...options, change }),
      index,
      5n,
    );
  });
}

function plan(rows: Row[], grouped = true) {
  const covered: string[] = [];
  const requests = planRequests(rows, {
    clusteringOf: (row) => binder.clusteringOf(row),
    grouped,
    superseded: (earlier, by) => covered.push(`${earlier.index}<${by.index}`),
  });
  return { requests: requests.map(({ rows: of }) => of.map(({ index }) => index)), covered };
}

test('rows of one partition share a request', () => {
  expect(plan(rowsOf('a1=1 b1=1 a2=1 c1=1 b2=1')).requests).toEqual([[0, 2], [1, 4], [3]]);
});

test('of several upserts of one row only the last is written', () => {
  expect(plan(rowsOf('a1=1 a2=1 a1=2 a1=3'))).toEqual({ requests: [[1, 3]], covered: ['0<2', '2<3'] });
});

test('the same clustering key in another partition is another row', () => {
  expect(plan(rowsOf('a1=1 b1=1')).covered).toEqual([]);
});

test('a delete covers nothing and is not covered', () => {
  expect(plan(rowsOf('a1=1 a1- a2=2'))).toEqual({ requests: [[0, 1, 2]], covered: [] });
});

test('ungrouped, each row is a request of its own, and is covered as before', () => {
  expect(plan(rowsOf('a1=1 a2=1 a1=2'), false)).toEqual({ requests: [[1], [2]], covered: ['0<2'] });
});

test('a request holds 50 rows at most', () => {
  const rows = rowsOf(Array.from({ length: 120 }, (_, ts) => `a${ts}=1`).join(' '));
  expect(plan(rows).requests.map(({ length }) => length)).toEqual([50, 50, 20]);
});

test('a request holds 64 KiB of records at most, or one', () => {
  expect(plan(rowsOf('a1=1 a2=1 a3=1', { size: 30_000 })).requests).toEqual([[0, 1], [2]]);
  expect(plan(rowsOf('a1=1 a2=1', { size: 1_000_000 })).requests).toEqual([[0], [1]]);
});
