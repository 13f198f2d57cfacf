import { describe, expect, it } from 'vitest';
import { unionOperator } from '../../../src/operators/union/definition.ts';
import { Harness } from '../harness.ts';

const inputs = ['web', 'app'];
const unionOf = (options: Record<string, unknown>, delay = 0) =>
  Harness.of(unionOperator, { options, inputs, delay });
const names = (harness: Harness) => harness.emitted.map(({ value }) => value.n).join('');

describe('a union', () => {
  it('lets all events through as they come', async () => {
    const harness = await unionOf({});
    harness.push({ n: 'a' }, 5, { port: 1 });
    harness.push({ n: 'b' }, 3);
    harness.push(null, 9);
    expect(harness.emitted.map(({ value, time }) => [value?.n, time])).toEqual([
      ['a', 5],
      ['b', 3],
      [undefined, 9],
    ]);
  });
});

describe('a union in the order of event time', () => {
  //  time  0         10
  //  web   |·b··d····|
  //  app   |a··c·e···|
  it('keeps each event until none can come before it, of whichever input', async () => {
    const harness = await unionOf({ order: 'event_time' });
    harness.push({ n: 'b' }, 2);
    harness.push({ n: 'd' }, 5);
    expect(names(harness)).toBe('');
    harness.push({ n: 'a' }, 0, { port: 1 });
    harness.push({ n: 'c' }, 4, { port: 1 });
    expect(names(harness)).toBe('ab');
    harness.push({ n: 'e' }, 6, { port: 1 });
    expect(names(harness)).toBe('abc');
    harness.end();
    expect(names(harness)).toBe('abcde');
    expect(harness.emitted.map(({ time }) => time)).toEqual([0, 2, 4, 5, 6]);
  });

  it('puts what is out of order within the delay in its place, and calls the rest late', async () => {
    const harness = await Harness.of(unionOperator, { options: { order: 'event_time' }, delay: 5 });
    for (const [n, time] of [
      ['b', 10],
      ['a', 6],
      ['c', 16],
      ['x', 10],
      ['d', 11],
    ] as const)
      harness.push({ n }, time);
    harness.end();
    expect(names(harness)).toBe('abdc');
    expect(harness.lateEvents.map(({ value }) => value?.n)).toEqual(['x']);
  });

  it('gives events of one time as they stand in their partition: the tenth after the ninth', async () => {
    const harness = await unionOf({ order: 'event_time' });
    for (let n = 0; n < 12; n++) harness.push({ n: String.fromCharCode(97 + n) }, 7);
    harness.end();
    expect(names(harness)).toBe('abcdefghijkl');
  });

  it('goes on after a crash with what had waited, and forgets what has left', async () => {
    const harness = await unionOf({ order: 'event_time' });
    harness.push({ n: 'b' }, 2);
    harness.push({ n: 'a' }, 1, { port: 1 });
    const saved = harness.checkpoint();
    harness.push({ n: 'lost' }, 3);
    await harness.recover(saved);
    harness.push({ n: 'c' }, 3);
    harness.end();
    expect(names(harness)).toBe('abc');
    expect(harness.stateSizes).toEqual({ events: 0 });
  });

  it('keeps the order of equal events over a crash, whatever order they are restored in', async () => {
    const harness = await unionOf({ order: 'event_time' });
    for (const n of 'abc') harness.push({ n }, 5, { id: 'same' });
    await harness.recover(harness.checkpoint());
    harness.end();
    expect(names(harness)).toBe('abc');
  });

  it('passes over what takes a result back, and refuses what has no time', async () => {
    const harness = await unionOf({ order: 'event_time' });
    harness.push({ n: 'a' }, 1, { change: 'delete' });
    harness.push(null, 1);
    harness.push({ n: 'a' }, null);
    expect(harness.passedOver).toHaveLength(2);
    expect(harness.rejected.map(({ error }) => error.code)).toEqual(['time']);
  });
});
