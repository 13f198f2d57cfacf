import { describe, expect, it } from 'vitest';
import { detector, lineOf } from './draw.ts';

async function timesOf(pattern: string, times: readonly number[], more: Record<string, unknown> = {}) {
  const harness = await detector({ pattern });
  for (const time of times) harness.push({ key: 'a', ...more }, time);
  harness.end();
  return harness.emitted.map(({ time }) => time);
}

describe('a burst', () => {
  //  time 0    5    10   15
  //       |1·3··6···|       (6 − 10, 6] holds three: it fires at the third
  it('fires when its condition first holds, over the time up to the event and with it', async () => {
    expect(await timesOf('COUNT(*) >= 3 IN 10ms', [1, 3, 6])).toEqual([6]);
  });

  it('tells the value of each of its aggregates, of two with one name too', async () => {
    const few = 'count(*) FILTER (WHERE value < 5) >= 1';
    const pattern = `COUNT(*) FILTER (WHERE value > 5) >= 2 AND ${few} AND count( * ) > COUNT(*) - 1 IN 1m`;
    const harness = await detector({ pattern });
    for (const [time, value] of [6, 1, 7].entries()) harness.push({ key: 'a', value }, time);
    harness.end();
    const names = ['count_filter_where_value_5', 'count_filter_where_value_5_2', 'count', 'count_2'];
    expect(harness.emitted.map((alert) => lineOf(alert, ...names))).toEqual([
      `a @2 ${names[0]}=2 ${names[1]}=1 count=3 count_2=undefined`,
    ]);
  });

  it('counts nothing of an event that another pattern can not read', async () => {
    const pairs = { name: 'pairs', condition: 'COUNT(*) >= 2 IN 1m' };
    const sums = { name: 'sums', condition: 'SUM(value) > 100 IN 1m' };
    for (const patterns of [
      [pairs, sums],
      [sums, pairs],
    ]) {
      const harness = await detector({ patterns });
      harness.push({ key: 'a', value: 9 }, 0);
      harness.push({ key: 'a', value: 'bad' }, 1);
      harness.end();
      expect([harness.emitted.length, harness.rejected.length]).toEqual([0, 1]);
    }
  });

  //  time 0         10
  //       |·1···5···|··12    (2, 12] holds 5 and 12 alone
  //       |··2··5···|··12    (2, 12] does not hold 2: its beginning is open
  //       |···3·5···|··12    (2, 12] holds all three
  it.each([
    [[1, 5, 12], []],
    [[2, 5, 12], []],
    [[3, 5, 12], [12]],
  ])('at %j is seen at %j', async (times, alerts) => {
    expect(await timesOf('COUNT(*) >= 3 IN 10ms', times)).toEqual(alerts);
  });

  //  time 0         10        20        30
  //       |·······8··|0·2······|          wherever the borders of a tumbling window would be
  it('across a border of any kind is one burst', async () => {
    for (let shift = 0; shift < 40; shift++) {
      const times = [8, 9, 10, 11, 12].map((time) => time + shift);
      expect(await timesOf('COUNT(*) > 3 IN 10ms', times)).toEqual([11 + shift]);
    }
  });

  it('goes on without a second alert, and is a new one once it did not hold at an event between', async () => {
    expect(await timesOf('COUNT(*) >= 2 IN 10ms', [1, 2, 3, 4, 5, 20, 21])).toEqual([2, 21]);
  });

  it('is not seen again after a crash, though its window ended while the checkpoint was written', async () => {
    const run = async (crashes: boolean) => {
      const harness = await detector({ pattern: 'AVG(value) > 10 IN 10ms' });
      for (const [time, value] of [30, -30, 0].entries()) harness.push({ key: 'a', value }, time + 1);
      harness.push({ key: 'b', value: 1 }, 5);
      const saved = harness.checkpoint();
      if (crashes) {
        harness.push({ key: 'b', value: 1 }, 50);
        await harness.recover(saved);
      }
      harness.push({ key: 'b', value: 1 }, 50);
      harness.end();
      return harness.emitted.map(({ time }) => time);
    };
    expect(await run(false)).toEqual([1]);
    expect(await run(true)).toEqual([1]);
  });

  it('that no event has ended is not begun again by the mere passing of time', async () => {
    expect(await timesOf('COUNT(*) >= 1 IN 10ms', [1, 500, 1000])).toEqual([1]);
  });

  it('takes the events of one time together, in whatever order they come', async () => {
    const harness = await detector({ pattern: 'SUM(value) = 3 IN 10ms' }, { delay: 5 });
    for (const [value, time] of [
      [2, 4],
      [5, 7],
      [1, 4],
    ] as const)
      harness.push({ key: 'a', value }, time);
    harness.end();
    expect(harness.emitted.map((alert) => lineOf(alert, 'sum_value'))).toEqual(['a @4 sum_value=3']);
  });

  it('is of one key, and without a key of all events', async () => {
    for (const [key, alerts] of [
      [['key'], []],
      [[], ['@2 count=2']],
    ] as const) {
      const harness = await detector({ pattern: 'COUNT(*) > 1 IN 10ms' }, { key });
      harness.push({ key: 'a' }, 1);
      harness.push({ key: 'b' }, 2);
      harness.end();
      expect(
        harness.emitted.map((alert) =>
          lineOf({ ...alert, value: { ...alert.value, key: undefined! } }, 'count'),
        ),
      ).toEqual(alerts);
    }
  });

  it('has the key that GROUP BY names, also by an expression with a name', async () => {
    const harness = await detector(
      { pattern: 'COUNT(*) > 1 IN 10ms GROUP BY lower(page) AS page' },
      { key: [] },
    );
    harness.push({ page: 'Home' }, 1);
    harness.push({ page: 'home' }, 2);
    harness.end();
    expect(harness.emitted.map(({ value }) => [value.page, value.count])).toEqual([['home', 2]]);
  });

  it('gives the key fields, the pattern, the time and the value of each term; its identity is of key and time', async () => {
    const pattern = 'COUNT(*) > 1 AND AVG(value) > 2 * MIN(value) IN 10ms WHERE value > 0';
    const harness = await detector({ pattern });
    for (const [value, time] of [
      [1, 1],
      [-9, 2],
      [5, 3],
    ] as const)
      harness.push({ key: 'a', value }, time);
    harness.end();
    expect(harness.emitted).toEqual([
      {
        value: { key: 'a', pattern, time: new Date(3), count: 2, avg_value: 3, min_value: 1 },
        time: 3,
        id: `node/${pattern}/3/"a`,
        port: null,
      },
    ]);
    expect(harness.passedOver).toHaveLength(1);
  });

  it('of several patterns has its own name and key', async () => {
    const patterns = [
      { name: 'twice', condition: 'COUNT(*) = 2 IN 10ms' },
      { name: 'pages', condition: 'COUNT(DISTINCT page) = 2 IN 10ms', key: 'user' },
    ];
    const harness = await detector({ patterns });
    harness.push({ key: 'a', user: 'u', page: '/1' }, 1);
    harness.push({ key: 'b', user: 'u', page: '/2' }, 2);
    harness.push({ key: 'a', user: 'v', page: '/1' }, 3);
    harness.end();
    expect(harness.emitted.map(({ value }) => [value.pattern, value.key ?? value.user])).toEqual([
      ['pages', 'u'],
      ['twice', 'a'],
    ]);
  });

  it('leaves nothing of a key when the watermark has passed its window', async () => {
    const harness = await detector({ pattern: 'COUNT(*) > 1 IN 10ms' });
    for (let time = 0; time < 1000; time++) harness.push({ key: `k${time}` }, time);
    expect(Object.values(harness.stateSizes)).toEqual([11]);
    harness.end();
    expect(Object.values(harness.stateSizes)).toEqual([0]);
  });

  it('sends late events to the port "late", and refuses what is no number', async () => {
    const harness = await detector({ pattern: 'SUM(value) > 1 IN 10ms' });
    harness.push({ key: 'a', value: 1 }, 10);
    harness.push({ key: 'a', value: 1 }, 5);
    harness.push({ key: 'a', value: 'much' }, 11);
    harness.end();
    expect(harness.emitted).toEqual([]);
    expect(harness.lateEvents.map(({ time }) => time)).toEqual([5]);
    expect(harness.rejected.map(({ error }) => error.code)).toEqual(['type']);
  });
});
