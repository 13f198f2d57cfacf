import { describe, expect, it } from 'vitest';
import { windowOperator } from '../../../src/operators/window/definition.ts';
import { Harness } from '../harness.ts';
import { lineOf } from './draw.ts';

async function windows(options: Record<string, unknown>, more: { delay?: number; key?: string[] } = {}) {
  return Harness.of(windowOperator, {
    options: { tumbling: 10, aggregations: { n: 'count(*)' }, ...options },
    key: ['key'],
    ...more,
  });
}

describe('a tumbling window', () => {
  //  time 0         10        20        30
  //  a    |·1··5···9|·········|··2······|
  //  b    |··3······|···4·····|·········|
  it('fires when the watermark passes its last millisecond, for each key that has events in it', async () => {
    const harness = await windows({});
    for (const [key, time] of [
      ['a', 1],
      ['b', 3],
      ['a', 5],
      ['a', 9],
    ] as const)
      harness.push({ key }, time);
    expect(harness.emitted).toEqual([]);
    harness.push({ key: 'b' }, 14);
    expect(harness.emitted.map(lineOf)).toEqual(['a [0,10) n=3 final', 'b [0,10) n=1 final']);
    harness.push({ key: 'a' }, 23);
    harness.end();
    expect(harness.emitted.slice(2).map(lineOf)).toEqual(['b [10,20) n=1 final', 'a [20,30) n=1 final']);
  });

  it('gives the key under its own name, the borders as points in time, and the identity of key and start', async () => {
    const harness = await windows({}, { key: ['user', 'device'] });
    harness.push({ user: 'ann', device: 7 }, 1);
    harness.end();
    expect(harness.emitted).toEqual([
      {
        value: { user: 'ann', device: 7, window_start: new Date(0), window_end: new Date(10), n: 1 },
        time: 9,
        id: 'node/0/"ann",7',
        change: 'upsert',
        firing: 0,
        final: true,
        port: null,
      },
    ]);
  });

  it('begins at the offset', async () => {
    const harness = await windows({ offset: 3 });
    for (const time of [2, 3, 12, 13]) harness.push({ key: 'a' }, time);
    harness.end();
    expect(harness.emitted.map(lineOf)).toEqual([
      'a [-7,3) n=1 final',
      'a [3,13) n=2 final',
      'a [13,23) n=1 final',
    ]);
  });

  //  time 0         10
  //       |·1·······|··12        watermark 11: the window has closed
  //       |··5 late
  it('sends an event that comes after the end to the port "late"', async () => {
    const harness = await windows({});
    for (const time of [1, 12, 5]) harness.push({ key: 'a' }, time);
    harness.end();
    expect(harness.emitted.map(lineOf)).toEqual(['a [0,10) n=1 final', 'a [10,20) n=1 final']);
    expect(harness.lateEvents.map((event) => event.time)).toEqual([5]);
  });

  it('judges an event by the watermark before it, not by its own', async () => {
    const harness = await windows({}, { delay: 5 });
    harness.push({ key: 'a' }, 14);
    harness.push({ key: 'a' }, 9);
    harness.push({ key: 'a' }, 15);
    harness.push({ key: 'a' }, 9);
    harness.end();
    expect(harness.emitted[0]!.value).toMatchObject({ n: 1, window_end: new Date(10) });
    expect(harness.lateEvents).toHaveLength(1);
  });

  //  watermark 9 → fires; 5 and 6 come late but in time: each fires again; 9 + 5 → closes, finally
  it('fires again for each event within the allowed lateness, and a last time when it closes', async () => {
    const harness = await windows({ allowed_lateness: 5 });
    harness.push({ key: 'a' }, 1);
    harness.push({ key: 'b' }, 10);
    expect(harness.emitted.map(lineOf)).toEqual(['a [0,10) n=1 #0']);
    harness.push({ key: 'a' }, 5);
    harness.push({ key: 'c' }, 6);
    harness.push({ key: 'b' }, 14);
    expect(harness.emitted.slice(1).map(lineOf)).toEqual(['a [0,10) n=2 #1', 'c [0,10) n=1 #0']);
    harness.push({ key: 'b' }, 15);
    expect(harness.emitted.slice(3).map(lineOf)).toEqual(['a [0,10) n=2 final', 'c [0,10) n=1 final']);
    harness.push({ key: 'a' }, 9);
    expect(harness.lateEvents).toHaveLength(1);
    expect(harness.emitted.map(({ firing }) => firing)).toEqual([0, 1, 0, 2, 1]);
  });

  it('fires once only, and finally, when the watermark passes its end and its closing at once', async () => {
    const harness = await windows({ allowed_lateness: 5 });
    harness.push({ key: 'a' }, 1);
    harness.push({ key: 'a' }, 100);
    expect(harness.emitted.map(lineOf)).toEqual(['a [0,10) n=1 final']);
  });

  it('takes NULL for a key, and tells 1 from "1"', async () => {
    const harness = await windows({});
    for (const key of [null, 1, '1', true, 'true', 'null']) harness.push({ key }, 1);
    harness.push({}, 2);
    harness.end();
    expect(harness.emitted.map(({ value }) => [value.key, value.n])).toEqual([
      [null, 2],
      [1, 1],
      ['1', 1],
      [true, 1],
      ['true', 1],
      ['null', 1],
    ]);
  });

  it('without a key is one for all events', async () => {
    const harness = await windows({ aggregations: { n: 'count(*)' } }, { key: [] });
    for (const key of ['a', 'b']) harness.push({ key }, 1);
    harness.end();
    expect(harness.emitted.map(({ value }) => Object.keys(value))).toEqual([
      ['window_start', 'window_end', 'n'],
    ]);
    expect(harness.emitted[0]!.value.n).toBe(2);
  });

  it('can have expressions for keys, named by AS', async () => {
    const harness = await windows({}, { key: ['lower(key) AS page', 'size % 2'] });
    harness.push({ key: 'A', size: 3 }, 1);
    harness.push({ key: 'a', size: 5 }, 2);
    harness.end();
    expect(harness.emitted[0]!.value).toMatchObject({ page: 'a', 'size % 2': 1, n: 2 });
  });

  it('lets "having" choose results, by their fields or by aggregates of its own', async () => {
    const harness = await windows({ having: 'n > 1 AND max(value) < 10' });
    for (const [key, value] of [
      ['a', 1],
      ['b', 1],
      ['b', 2],
      ['c', 5],
      ['c', 50],
    ] as const)
      harness.push({ key, value }, 1);
    harness.end();
    expect(harness.emitted.map(lineOf)).toEqual(['b [0,10) n=2 final']);
  });

  it('takes back a row that "having" let through once and no longer does', async () => {
    const harness = await windows({ having: 'n < 2', allowed_lateness: 5 });
    harness.push({ key: 'a' }, 1);
    harness.push({ key: 'b' }, 10);
    harness.push({ key: 'a' }, 2);
    harness.push({ key: 'a' }, 3);
    harness.push({ key: 'b' }, 100);
    expect(harness.emitted.map(lineOf)).toEqual([
      'a [0,10) n=1 #0',
      'a [0,10) n=2 deleted',
      'b [10,20) n=1 final',
    ]);
  });

  it('computes with aggregates, keys and its borders in one expression', async () => {
    const harness = await windows({
      aggregations: { mean: 'sum(value) / count(*)', label: "key || ':' || CAST(count(*) AS TEXT)" },
    });
    harness.push({ key: 'a', value: 1 }, 1);
    harness.push({ key: 'a', value: 4 }, 2);
    harness.end();
    expect(harness.emitted[0]!.value).toMatchObject({ mean: 2.5, label: 'a:2' });
  });

  it('has forgotten all of a window and its keys once it has closed', async () => {
    const harness = await windows({ allowed_lateness: 5 });
    for (let time = 0; time < 1000; time++) harness.push({ key: `k${time}` }, time);
    expect(harness.stateSizes.panes).toBeLessThanOrEqual(20);
    expect(harness.stateSizes.firings).toBeLessThanOrEqual(20);
    harness.end();
    expect(harness.stateSizes).toEqual({ progress: 1, panes: 0, firings: 0 });
    expect(harness.emitted.filter(({ final }) => final)).toHaveLength(1000);
  });

  it('rejects what it can’t read, and adds nothing of it', async () => {
    const harness = await windows({ aggregations: { n: 'count(*)', total: 'sum(value)' } });
    harness.push({ key: 'a', value: 1 }, 1);
    harness.push({ key: 'a', value: 'x' }, 1);
    harness.push({ key: 'new', value: 'x' }, 1);
    harness.push({ key: 'a', value: 1 }, null);
    harness.push({ key: 'a', value: 1 }, 8.64e15);
    expect(harness.rejected.map(({ error }) => error.code)).toEqual(['type', 'type', 'time', 'time']);
    harness.end();
    expect(harness.emitted.map(lineOf)).toEqual(['a [0,10) n=1 total=1 final']);
  });

  it('takes of another window’s results the final ones alone', async () => {
    const harness = await windows({});
    harness.push({ key: 'a' }, 1, { id: 'up/0', final: false });
    harness.push({ key: 'a' }, 1, { id: 'up/0', final: true, firing: 1 });
    harness.push({ key: 'a' }, 1, { id: 'up/1', change: 'delete' });
    harness.push(null, 1);
    harness.end();
    expect(harness.emitted.map(lineOf)).toEqual(['a [0,10) n=1 final']);
    expect(harness.passedOver).toHaveLength(3);
  });

  it('fires early for what changed, and again at its time', async () => {
    const harness = await windows({ early: '1s' });
    expect(harness.operator.period).toBe(1000);
    harness.push({ key: 'a' }, 1);
    harness.push({ key: 'b' }, 2);
    harness.operator.tick!(harness);
    harness.push({ key: 'a' }, 3);
    harness.operator.tick!(harness);
    harness.operator.tick!(harness);
    harness.end();
    expect(harness.emitted.map(lineOf)).toEqual([
      'a [0,10) n=1 #0',
      'b [0,10) n=1 #0',
      'a [0,10) n=2 #1',
      'a [0,10) n=2 final',
      'b [0,10) n=1 final',
    ]);
  });
});
