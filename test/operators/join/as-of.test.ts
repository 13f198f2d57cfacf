import { describe, expect, it } from 'vitest';
import type { Harness } from '../harness.ts';
import { joinOf, lineOf } from './meet.ts';

const order = (harness: Harness, n: number, time: number, user: string | null = 'ann') =>
  harness.push({ n, user }, time, { port: 0 });
const user = (harness: Harness, n: number, time: number, id: string | null = 'ann') =>
  harness.push({ n, id }, time, { port: 1 });
const lines = (harness: Harness) => harness.emitted.map(lineOf);

describe('a join as of the time of the left', () => {
  //  time    0         10        20
  //  orders  |····1····2·········3
  //  users   |1········2·····3···|
  it('finds the newest row at or before its time, at its time', async () => {
    const harness = await joinOf({ as_of: true });
    user(harness, 1, 0);
    order(harness, 1, 5);
    user(harness, 2, 10);
    order(harness, 2, 10);
    user(harness, 3, 16);
    order(harness, 3, 20);
    harness.end();
    expect(lines(harness)).toEqual(['@5 orders=1 users=1', '@10 orders=2 users=2', '@20 orders=3 users=3']);
  });

  it('waits until no newer one can come, and of two at the same time takes the one that came last', async () => {
    const harness = await joinOf({ as_of: true });
    order(harness, 1, 5);
    user(harness, 1, 3);
    user(harness, 2, 5);
    user(harness, 3, 5);
    expect(lines(harness)).toEqual([]);
    order(harness, 2, 6);
    user(harness, 4, 6);
    expect(lines(harness)).toEqual(['@5 orders=1 users=3']);
  });

  it('gives what finds none only where it is a left join', async () => {
    for (const [join_type, expected] of [
      ['inner', []],
      ['left', ['@5 orders=1 users=-', '@5 orders=2 users=-']],
    ] as const) {
      const harness = await joinOf({ as_of: true, join_type });
      order(harness, 1, 5);
      order(harness, 2, 5, null);
      user(harness, 1, 6);
      user(harness, 2, 0, null);
      harness.end();
      expect(lines(harness).toSorted()).toEqual(expected);
    }
  });

  it('keeps of each key what can still be found, and nothing else', async () => {
    const harness = await joinOf({ as_of: true });
    for (let time = 0; time < 100; time++) {
      user(harness, time, time, `u${time % 3}`);
      order(harness, time, time, 'nobody');
    }
    harness.end();
    expect(harness.stateSizes).toEqual({ 'left 1': 0, 'right 1': 3 });
  });

  it('finds nothing older than ttl, and keeps nothing older', async () => {
    const harness = await joinOf({ as_of: true, ttl: 10, join_type: 'left' });
    user(harness, 1, 0);
    order(harness, 1, 10);
    order(harness, 2, 11);
    user(harness, 2, 30, 'bob');
    order(harness, 3, 41, 'bob');
    user(harness, 3, 42, 'eve');
    expect(lines(harness)).toEqual(['@10 orders=1 users=1', '@11 orders=2 users=-']);
    harness.end();
    expect(lines(harness)[2]).toBe('@41 orders=3 users=-');
    expect(harness.stateSizes).toEqual({ 'left 1': 0, 'right 1': 0 });
  });

  it('takes a row of the right that comes late from then on, and calls a late one of the left late', async () => {
    const harness = await joinOf({ as_of: true });
    order(harness, 1, 10);
    user(harness, 9, 10, 'bob');
    user(harness, 1, 2);
    order(harness, 2, 9);
    order(harness, 3, 12);
    harness.end();
    expect(lines(harness)).toEqual(['@10 orders=1 users=1', '@12 orders=3 users=1']);
    expect(harness.lateEvents.map(({ value }) => value?.n)).toEqual([2]);
  });
});
