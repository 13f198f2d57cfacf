import { describe, expect, it } from 'vitest';
import { detector, lineOf } from './draw.ts';

/** What is found in `a3 b5`: the event `a` at 3, and `b` at 5. */
async function found(pattern: string, events: string, delay = 0): Promise<string[]> {
  const harness = await detector({ pattern }, { key: [], delay });
  for (const [, kind, time] of events.matchAll(/(\w)(\d+)/g)) harness.push({ kind: kind! }, Number(time));
  harness.end();
  return harness.emitted.map((alert) => lineOf(alert, 'begun'));
}

describe('a THEN b', () => {
  const pattern = "kind = 'a' THEN kind = 'b' IN 10ms";

  it.each([
    ['is found at the second event', 'a1 b5', ['@5 begun=1']],
    ['is found at the very end of its time', 'a1 b11', ['@11 begun=1']],
    ['is not found behind it', 'a1 b12', []],
    ['is found with others between', 'a1 c2 b5', ['@5 begun=1']],
    [
      'is found once for each second event that has a first of its own',
      'a1 b2 b3 a4 b5',
      ['@2 begun=1', '@5 begun=4'],
    ],
    ['begins at the newest first event', 'a1 a4 b5', ['@5 begun=4']],
    ['is not found in two events of one time', 'a5 b5', []],
    ['is found from an event of one time to a later one', 'a5 b5 b7', ['@7 begun=5']],
  ])('%s: %s', async (_, events, alerts) => {
    expect(await found(pattern, events)).toEqual(alerts);
  });

  it('goes by event time, not by arrival', async () => {
    expect(await found(pattern, 'b5 a1', 10)).toEqual(['@5 begun=1']);
    expect(await found(pattern, 'a5 b1', 10)).toEqual([]);
  });

  it('can be of one kind of event, twice', async () => {
    expect(await found("kind = 'a' THEN kind = 'a' IN 10ms", 'a1 a2 a3')).toEqual([
      '@2 begun=1',
      '@3 begun=2',
    ]);
  });

  it('leaves out what WHERE leaves out', async () => {
    expect(await found(`${pattern} WHERE kind <> 'b'`, 'a1 b5')).toEqual([]);
  });
});

describe('a THEN NOT b', () => {
  const pattern = "kind = 'a' THEN NOT kind = 'b' IN 10ms";

  it('refuses a first event whose time would be over beyond any date', async () => {
    const last = 8_640_000_000_000_000;
    for (const options of [{ pattern }, { missing: 10 }]) {
      const harness = await detector(options);
      for (const time of [last - 10, last - 9]) harness.push({ key: 'k', kind: 'a' }, time);
      harness.end();
      expect(harness.emitted.map((alert) => lineOf(alert))).toEqual([`k @${last}`]);
      expect(harness.rejected.map(({ event, error }) => [event.time, error.code])).toEqual([
        [last - 9, 'time'],
      ]);
    }
    const harness = await detector({ pattern });
    harness.push({ key: 'k', kind: 'a' }, last - 10);
    harness.push({ key: 'k', kind: 'b' }, last);
    harness.end();
    expect([harness.emitted, harness.rejected]).toEqual([[], []]);
  });

  it.each([
    ['is found when the time is over', 'a1', ['@11 begun=1']],
    ['is not found if the second event comes', 'a1 b5', []],
    ['is not found if it comes at the very end', 'a1 b11', []],
    ['is found if it comes too late', 'a1 b12', ['@11 begun=1']],
    ['is found if it came before', 'b0 a1', ['@11 begun=1']],
    ['is found for each first event', 'a1 a2', ['@11 begun=1', '@12 begun=2']],
    ['is found for none of those that one second event answers', 'a1 a2 b3', []],
    ['is found if it comes at the same time alone', 'a1 b1', ['@11 begun=1']],
  ])('%s: %s', async (_, events, alerts) => {
    expect(await found(pattern, events)).toEqual(alerts);
  });

  it('waits for the watermark', async () => {
    const harness = await detector({ pattern }, { key: [], delay: 5 });
    harness.push({ kind: 'a' }, 1);
    harness.push({ kind: 'c' }, 15);
    expect(harness.emitted).toEqual([]);
    harness.push({ kind: 'b' }, 11);
    harness.push({ kind: 'c' }, 17);
    expect(harness.emitted).toEqual([]);
    expect(Object.values(harness.stateSizes)).toEqual([0]);
  });
});

describe('a key that is missing', () => {
  it('is told of once for each silence, when it has lasted', async () => {
    const harness = await detector({ missing: 10 });
    for (const [key, time] of [
      ['a', 0],
      ['b', 4],
      ['a', 9],
      ['b', 20],
      ['b', 25],
    ] as const)
      harness.push({ key }, time);
    expect(harness.emitted.map((alert) => lineOf(alert, 'detector', 'last_seen'))).toEqual([
      'b @14 detector="missing" last_seen=4',
      'a @19 detector="missing" last_seen=9',
    ]);
  });

  it('is not missing if the next event comes just in time', async () => {
    const harness = await detector({ missing: 10 });
    for (const time of [0, 10, 20]) harness.push({ key: 'a' }, time);
    expect(harness.emitted).toEqual([]);
  });
});
