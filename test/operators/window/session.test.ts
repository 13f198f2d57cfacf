import { describe, expect, it } from 'vitest';
import { windowOperator } from '../../../src/operators/window/definition.ts';
import { Harness } from '../harness.ts';
import { lineOf } from './draw.ts';

function sessions({ delay = 0, ...options }: Record<string, unknown> & { delay?: number } = {}) {
  const usual = { session: 5, aggregations: { n: 'count(*)' } };
  return Harness.of(windowOperator, { options: { ...usual, ...options }, key: ['key'], delay });
}

function push(harness: Harness, ...times: number[]): void {
  for (const time of times) harness.push({ key: 'a' }, time);
}

describe('a session', () => {
  //  time 0         10        20
  //       ·1··4···8·|····14
  //        [-----------)           8 + 5
  //                      [---)     14 + 5
  it('ends a gap after the last of its events', async () => {
    const harness = await sessions();
    push(harness, 1, 4, 8, 14);
    harness.end();
    expect(harness.emitted.map(lineOf)).toEqual(['a [1,13) n=3 final', 'a [14,19) n=1 final']);
  });

  it('holds two events that are exactly a gap apart, even if time has come to its end meanwhile', async () => {
    const harness = await sessions();
    push(harness, 1);
    harness.push({ key: 'b' }, 6);
    push(harness, 6);
    harness.end();
    expect(harness.emitted.map(lineOf)).toEqual(['a [1,11) n=2 final', 'b [6,11) n=1 final']);
  });

  //  time 0         10
  //       ·1     ·8           two sessions
  //           ·5              one
  it('becomes one with another where an event is near both', async () => {
    const harness = await sessions({ delay: 10 });
    push(harness, 1, 8, 5);
    harness.end();
    expect(harness.emitted.map(lineOf)).toEqual(['a [1,13) n=3 final']);
  });

  //  time 0        10        20        30
  //  a    0·······8·10
  //       [------------------)·········|    fires at 10 and then at 20, when without 8 and 10 it would have closed
  it('closes once, where it fires again just when it would have closed', async () => {
    const harness = await sessions({ session: 10, allowed_lateness: 10 });
    push(harness, 0);
    harness.push({ key: 'b' }, 11);
    push(harness, 8, 10);
    for (const time of [19, 21, 50]) harness.push({ key: 'b' }, time);
    harness.end();
    expect(harness.emitted.map(lineOf)).toEqual([
      'a [0,10) n=1 #0',
      'a [0,20) n=3 #1',
      'a [0,20) n=3 final',
      'b [11,31) n=3 final',
      'b [50,60) n=1 final',
    ]);
  });

  it('fires early for what changed, and at its time all the same', async () => {
    const harness = await sessions({ allowed_lateness: 100, early: '1s' });
    push(harness, 1);
    harness.operator.tick!(harness);
    push(harness, 1, 1);
    harness.push({ key: 'b' }, 50);
    expect(harness.emitted.map(lineOf)).toEqual(['a [1,6) n=1 #0', 'a [1,6) n=3 #1']);
  });

  it('takes back its row when it is merged, or begins earlier than it did', async () => {
    const harness = await sessions({ allowed_lateness: 20 });
    push(harness, 10, 17, 30, 14);
    expect(harness.emitted.map(lineOf)).toEqual([
      'a [10,15) n=1 #0',
      'a [17,22) n=1 #0',
      'a [17,22) n=1 deleted',
      'a [10,22) n=3 #1',
    ]);
    push(harness, 7);
    expect(harness.emitted.slice(4).map(lineOf)).toEqual(['a [10,22) n=3 deleted', 'a [7,22) n=4 #0']);
    harness.end();
    expect(harness.emitted.slice(6).map(lineOf)).toEqual(['a [7,22) n=4 final', 'a [30,35) n=1 final']);
  });

  it('saves an event that alone would be late', async () => {
    const harness = await sessions();
    push(harness, 8, 12);
    harness.push({ key: 'b' }, 14);
    push(harness, 7, 1);
    harness.end();
    expect(harness.emitted.map(lineOf)).toEqual(['a [7,17) n=3 final', 'b [14,19) n=1 final']);
    expect(harness.lateEvents.map(({ time }) => time)).toEqual([1]);
  });

  it('is forgotten once it has closed', async () => {
    const harness = await sessions();
    for (let time = 0; time < 1000; time += 10) harness.push({ key: `k${time}` }, time);
    expect(harness.stateSizes.sessions).toBeLessThanOrEqual(2);
    harness.end();
    expect(harness.stateSizes.sessions).toBe(0);
  });
});
