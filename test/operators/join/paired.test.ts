import { describe, expect, it } from 'vitest';
import type { Harness } from '../harness.ts';
import { joinOf, lineOf } from './meet.ts';

const order = (harness: Harness, n: number, time: number, user: string | null = 'ann') =>
  harness.push({ n, user }, time, { port: 0 });
const user = (harness: Harness, n: number, time: number, id: string | null = 'ann') =>
  harness.push({ n, id }, time, { port: 1 });
const lines = (harness: Harness) => harness.emitted.map(lineOf);

describe('a join within a time', () => {
  //  time    0         10        20
  //  orders  |····1····|·········|
  //  users   |1·······2·3·····4··|      window: 5
  it('puts together what is at most so far apart, however they come, at the later time', async () => {
    const harness = await joinOf({ window: 5 });
    user(harness, 1, 0);
    order(harness, 1, 5);
    user(harness, 2, 9);
    user(harness, 3, 10);
    user(harness, 4, 11);
    expect(lines(harness)).toEqual(['@5 orders=1 users=1', '@9 orders=1 users=2', '@10 orders=1 users=3']);
  });

  it('gives one row for each pair, and of equal times too', async () => {
    const harness = await joinOf({ window: 5 });
    for (const n of [1, 2]) order(harness, n, 3);
    for (const n of [1, 2]) user(harness, n, 3);
    expect(lines(harness)).toEqual([
      '@3 orders=1 users=1',
      '@3 orders=2 users=1',
      '@3 orders=1 users=2',
      '@3 orders=2 users=2',
    ]);
    expect(harness.emitted.map(({ id }) => id)).toEqual([
      'node/test:p:0&test:p1:2',
      'node/test:p:1&test:p1:2',
      'node/test:p:0&test:p1:3',
      'node/test:p:1&test:p1:3',
    ]);
  });

  it('keeps keys apart by their values and types, and takes expressions for keys', async () => {
    const harness = await joinOf({ window: 5, on: 'lower(orders.user) = users.id' });
    order(harness, 1, 0, 'ANN');
    order(harness, 2, 0, '7');
    user(harness, 1, 0, 'ann');
    user(harness, 2, 0, 7 as never);
    expect(lines(harness)).toEqual(['@0 orders=1 users=1']);
  });

  it('never meets NULL with NULL: such a row comes out alone at once, or is passed over', async () => {
    const harness = await joinOf({ window: 5, join_type: 'left' });
    order(harness, 1, 0, null);
    user(harness, 1, 0, null);
    expect(lines(harness)).toEqual(['@0 orders=1 users=-']);
    expect(harness.passedOver.map(({ value }) => value)).toEqual([{ n: 1, id: null }]);
    expect(harness.stateSizes).toEqual({ 'left 1': 0, 'right 1': 0 });
  });

  it('has further conditions, which hold for no pair whose values do not fit', async () => {
    const on = 'orders.user = users.id AND orders.n < users.n';
    const harness = await joinOf({ window: 5, on, join_type: 'left' });
    order(harness, 2, 0);
    user(harness, 1, 0);
    user(harness, 3, 1);
    user(harness, 'many' as never, 2);
    harness.end();
    expect(lines(harness)).toEqual(['@1 orders=2 users=3']);
  });
});

describe('a row that meets none', () => {
  //  time    0         10        20
  //  orders  |·1·······|·········|      leaves when both watermarks have passed 2 + 5
  it('comes out alone when none can come any more, not before, and no later', async () => {
    const harness = await joinOf({ window: 5, join_type: 'left' });
    order(harness, 1, 2);
    order(harness, 9, 30);
    user(harness, 1, 7, 'bob');
    expect(lines(harness)).toEqual([]);
    user(harness, 2, 8, 'bob');
    expect(lines(harness)).toEqual(['@2 orders=1 users=-']);
  });

  it.each([
    ['inner', []],
    ['left', ['@0 orders=1 users=-']],
    ['right', ['@0 orders=- users=2']],
    ['full', ['@0 orders=1 users=-', '@0 orders=- users=2']],
  ])('is asked for by the type: %s', async (join_type, expected) => {
    const harness = await joinOf({ window: 5, join_type });
    order(harness, 1, 0, 'ann');
    user(harness, 2, 0, 'bob');
    harness.end();
    expect(lines(harness)).toEqual(expected);
  });

  it('has a mark in its identity where the other would be', async () => {
    const harness = await joinOf({ window: 5, join_type: 'full' });
    order(harness, 1, 0, 'ann');
    user(harness, 2, 0, 'bob');
    harness.end();
    expect(harness.emitted.map(({ id }) => id)).toEqual(['node/test:p:0&', 'node/&test:p1:1']);
  });
});

describe('lateness', () => {
  it('is judged by the smallest watermark of the inputs, the row itself not counted', async () => {
    const harness = await joinOf({ window: 5 });
    order(harness, 1, 100);
    user(harness, 1, 50);
    order(harness, 2, 50);
    order(harness, 3, 49);
    expect(harness.lateEvents.map(({ value }) => value?.n)).toEqual([3]);
    expect(harness.watermark).toBe(49);
  });

  //  time    0         10        20
  //  orders  |······2·1|·········|      2 comes after the watermark has passed 7: its window is open
  //  users   |········1|·········|
  it('in a tumbling join comes with the end of the window', async () => {
    const harness = await joinOf({ tumbling: 10, join_type: 'full' });
    order(harness, 1, 9);
    user(harness, 1, 9);
    order(harness, 2, 7);
    user(harness, 2, 0);
    expect(harness.lateEvents).toEqual([]);
    expect(lines(harness)).toEqual([
      '@9 orders=1 users=1',
      '@9 orders=2 users=1',
      '@7 orders=2 users=2',
      '@9 orders=1 users=2',
    ]);
    order(harness, 3, 11);
    user(harness, 3, 11);
    order(harness, 4, 9);
    expect(harness.lateEvents.map(({ value }) => value?.n)).toEqual([4]);
  });
});

describe('a tumbling join', () => {
  //  time    0         10        20
  //  orders  |·········1·2·······|
  //  users   |········1|········2|
  it('puts together what falls into the same window, however near its neighbours are', async () => {
    const harness = await joinOf({ tumbling: 10, join_type: 'left' });
    user(harness, 1, 9);
    order(harness, 1, 10);
    order(harness, 2, 12);
    user(harness, 2, 19);
    expect(lines(harness)).toEqual(['@19 orders=1 users=2', '@19 orders=2 users=2']);
  });

  it('has windows before 1970 too', async () => {
    const harness = await joinOf({ tumbling: 10 });
    order(harness, 1, -1);
    user(harness, 1, -10);
    user(harness, 2, -11);
    user(harness, 3, 0);
    expect(lines(harness)).toEqual(['@-1 orders=1 users=1']);
  });
});

describe('what a join keeps', () => {
  it('is what the window holds, however long the stream', async () => {
    const harness = await joinOf({ window: 50 });
    let most = 0;
    for (let n = 0; n < 5000; n++) {
      order(harness, n, n, `u${n % 7}`);
      user(harness, n, n, `u${n % 7}`);
      most = Math.max(most, ...Object.values(harness.stateSizes));
    }
    expect(most).toBeGreaterThan(0);
    expect(most * 64).toBeLessThanOrEqual(52 + 2 * 64);
    harness.end();
    expect(harness.stateSizes).toEqual({ 'left 1': 0, 'right 1': 0 });
  });

  it('is put right where rows of one side come far apart from one another', async () => {
    const harness = await joinOf({ window: 5, join_type: 'left' });
    const times = [90, 10, 80, 20, 70, 30, 60, 40, 50];
    for (const time of times) order(harness, time, time, `u${time}`);
    harness.end();
    expect(lines(harness)).toEqual(
      times.toSorted((a, b) => a - b).map((time) => `@${time} orders=${time} users=-`),
    );
  });
});

describe('three inputs', () => {
  const inputs = ['a', 'b', 'c'];
  const on = 'a.id = b.id AND b.id = c.id';

  //  time  0         10
  //  a     |1········|·
  //  b     |··1······|·     meets a at 2
  //  c     |·····1···|·     meets what met at 2
  it('are joined from left to right, each to what the ones before it made', async () => {
    const harness = await joinOf({ on, window: 3 }, inputs);
    for (const [port, time] of [0, 2, 5].entries()) harness.push({ n: 1, id: 'x' }, time, { port });
    expect(lines(harness)).toEqual(['@5 a=1 b=1 c=1']);
    expect(harness.operator.hold).toBe(6);
  });

  it('are all in an outer row, whoever is missing', async () => {
    const harness = await joinOf({ on: 'a.id = b.id AND a.id = c.id', window: 3, join_type: 'full' }, inputs);
    for (const [port, id] of ['x', 'y', 'z'].entries()) harness.push({ n: port, id }, 0, { port });
    harness.end();
    expect(lines(harness).toSorted()).toEqual(['@0 a=- b=- c=2', '@0 a=- b=1 c=-', '@0 a=0 b=- c=-']);
  });
});
