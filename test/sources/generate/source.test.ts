import { describe, expect, test } from 'vitest';
import type { Records } from '../../../src/event.ts';
import { generateSource } from '../../../src/sources/generate/definition.ts';
import { kinds } from '../../../src/sources/generate/kinds.ts';
import { TestClock } from '../../clock.ts';
import { TestSourceHost } from '../../contracts/host.ts';
import { sourceContract } from '../../contracts/source.ts';

function build(options: Record<string, unknown>) {
  return generateSource.build(generateSource.options.parse(options), {
    name: 'in',
    job: 'test',
    format: 'json',
    exitAtEnd: false,
  });
}

async function recordsOf(
  options: Record<string, unknown>,
  count: number,
  clock = new TestClock(),
): Promise<Records> {
  const source = await build(options);
  await source.open({}, new TestSourceHost({}, clock));
  return source.poll(count, Number.MAX_SAFE_INTEGER)!;
}

const valuesOf = (records: Records) =>
  Array.from({ length: records.length }, (_, index) => records.value!(index));

for (const kind of kinds) {
  sourceContract(`generated ${kind}`, async () => ({
    build: () => build({ kind, count: 30, disorder: '5s', bad: 7 }),
    count: 30,
  }));
}

describe('clicks', () => {
  test('are the same for the same seed, and others for another', async () => {
    const seven = valuesOf(await recordsOf({ seed: 7 }, 100));
    expect(valuesOf(await recordsOf({ seed: 7 }, 100))).toEqual(seven);
    expect(valuesOf(await recordsOf({ seed: 8 }, 100))).not.toEqual(seven);
  });

  test('come mostly from a few users', async () => {
    const users = valuesOf(await recordsOf({}, 10_000)).map(({ user_id }) => user_id);
    expect(new Set(users).size).toBeGreaterThan(500);
    expect(users.filter((user) => user === 'user-0').length).toBeGreaterThan(500);
  });

  test('advance by the interval from the start', async () => {
    const records = await recordsOf({ start: '2026-03-01T12:00:00Z', interval: '1m' }, 3);
    const start = Date.parse('2026-03-01T12:00:00Z');
    expect(valuesOf(records).map(({ timestamp }) => timestamp)).toEqual([
      start,
      start + 60_000,
      start + 120_000,
    ]);
    expect(records.timestamp(2)).toBe(start + 120_000);
  });

  test('start now, if told so', async () => {
    const clock = new TestClock();
    expect((await recordsOf({ start: 'now' }, 1, clock)).timestamp(0)).toBe(clock.now());
  });

  test('are out of order by no more than the disorder', async () => {
    const records = await recordsOf({ interval: 10, disorder: '1s' }, 1000);
    const late = valuesOf(records).map(
      (_, index) => Date.UTC(2026, 0, 1) + index * 10 - records.timestamp(index)!,
    );
    expect(Math.max(...late)).toBeGreaterThan(900);
    expect(Math.max(...late)).toBeLessThanOrEqual(1000);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
  });
});

test('one event in so many can not be decoded, and shows its bytes', async () => {
  const records = await recordsOf({ bad: 10 }, 100);
  const bad = Array.from({ length: 100 }, (_, index) => index).filter((index) => {
    try {
      records.value!(index);
      return false;
    } catch {
      return true;
    }
  });
  expect(bad).toEqual([9, 19, 29, 39, 49, 59, 69, 79, 89, 99]);
  expect(() => JSON.parse(Buffer.from(records.bytes(9)!).toString())).toThrow(SyntaxError);
});

test('a rate is kept, and what a stalled job missed is made up for but for a second of it', async () => {
  const clock = new TestClock();
  const source = await build({ rate: 1000 });
  await source.open({}, new TestSourceHost({}, clock));
  const released = () => source.poll(1_000_000, Number.MAX_SAFE_INTEGER)?.length ?? 0;
  released();
  clock.advance(500);
  expect(released()).toBe(500);
  expect(released()).toBe(0);
  clock.advance(60_000);
  expect(released()).toBeLessThanOrEqual(1001);
  expect(source.ended).toBe(false);
  expect(source.ends?.()).toBeUndefined();
});
