import { describe, expect, it } from 'vitest';
import { windowOperator } from '../../../src/operators/window/definition.ts';
import { Harness } from '../harness.ts';
import { lineOf } from './draw.ts';

function windows(options: Record<string, unknown> = {}) {
  const usual = { sliding: 10, every: 5, aggregations: { n: 'count(*)', sum: 'sum(value)' } };
  return Harness.of(windowOperator, { options: { ...usual, ...options }, key: ['key'] });
}

function push(harness: Harness, ...times: number[]): void {
  for (const time of times) harness.push({ key: 'a', value: time }, time);
}

describe('a sliding window', () => {
  //  time -5        0         5         10        15        20
  //       |---------|·1-------|·6·7-----|-----12··|---------|
  //       [--------- 1 ------)
  //                 [--------- 3 ------)
  //                           [--------- 3 ------)
  //                                     [--------- 1 ------)
  it('holds an event in each of the windows around it', async () => {
    const harness = await windows();
    push(harness, 1, 6, 7, 12);
    harness.end();
    expect(harness.emitted.map(lineOf)).toEqual([
      'a [-5,5) n=1 sum=1 final',
      'a [0,10) n=3 sum=14 final',
      'a [5,15) n=3 sum=25 final',
      'a [10,20) n=1 sum=12 final',
    ]);
  });

  it('keeps a pane for each stretch, however many windows hold it', async () => {
    const harness = await windows({ sliding: 1000, every: 1 });
    for (let time = 0; time < 5000; time += 10) push(harness, time);
    expect(harness.stateSizes.panes).toBeLessThanOrEqual(101);
    expect(harness.emitted.at(-1)!.value.n).toBe(100);
  });

  it('fits windows that are no multiple of their step', async () => {
    const harness = await windows({ sliding: 7, every: 3 });
    push(harness, 0);
    harness.end();
    expect(harness.emitted.map(lineOf)).toEqual([
      'a [-6,1) n=1 sum=0 final',
      'a [-3,4) n=1 sum=0 final',
      'a [0,7) n=1 sum=0 final',
    ]);
  });

  //  time 0         5         10        15
  //       |·1-------|---------|-11          watermark 10: [0,10) has closed, [5,15) has not
  //                 |---8 partly late
  //       |---4 late: [-5,5) and [0,10) have closed
  it('takes an event that is late for some of its windows, and no event that is late for all', async () => {
    const harness = await windows();
    push(harness, 1, 11, 8, 4);
    harness.end();
    expect(harness.emitted.map(lineOf)).toEqual([
      'a [-5,5) n=1 sum=1 final',
      'a [0,10) n=1 sum=1 final',
      'a [5,15) n=2 sum=19 final',
      'a [10,20) n=1 sum=11 final',
    ]);
    expect(harness.lateEvents.map(({ time }) => time)).toEqual([4]);
    expect(harness.partlyLateEvents).toBe(1);
  });

  it('fires again, for each open window that the event is in, where lateness is allowed', async () => {
    const harness = await windows({ allowed_lateness: 4 });
    push(harness, 6, 12, 7);
    expect(harness.emitted.map(lineOf)).toEqual(['a [0,10) n=1 sum=6 #0', 'a [0,10) n=2 sum=13 #1']);
    harness.end();
    expect(harness.emitted.slice(2).map(lineOf)).toEqual([
      'a [0,10) n=2 sum=13 final',
      'a [5,15) n=3 sum=25 final',
      'a [10,20) n=1 sum=12 final',
    ]);
  });
});
