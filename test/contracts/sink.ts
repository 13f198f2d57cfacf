import { expect, test } from 'vitest';
import { type Sink, UnsettledError } from '../../src/component/sink.ts';
import type { JsonObject } from '../../src/event.ts';
import { eventsOf } from './events.ts';
import { testSinkHost } from './host.ts';

/** An empty target, the same for every sink that is built for it. */
export interface SinkUnderTest {
  build(): Promise<Sink>;
  /** What the target holds, in any order, as the values that were written. */
  rows(): Promise<readonly JsonObject[]>;
  /** What it does with a batch that is written again: `same` for sinks with identities. */
  readonly repeat: 'same' | 'again';
  /** Whether opening it at a token drops what was written after it. */
  readonly rewinds: boolean;
  /** Values to write, with `id` from 0 up; made for the target's table. */
  value(id: number): JsonObject;
}

const signal = new AbortController().signal;

/** What every sink must do, wherever it writes to. `make` is called for each test. */
export function sinkContract(name: string, make: () => Promise<SinkUnderTest>): void {
  const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

  test(`${name} holds what was written once it is prepared`, async () => {
    const { build, rows, value } = await make();
    const sink = await build();
    await sink.open(null, testSinkHost());
    const values = ids(0, 20).map(value);
    expect(await sink.write(eventsOf(values.slice(0, 12)), signal)).toEqual([]);
    expect(await sink.write(eventsOf(values).slice(12), signal)).toEqual([]);
    await sink.prepare();
    expect(sorted(await rows())).toEqual(sorted(values));
    await sink.close();
  });

  test(`${name} takes a batch again`, async () => {
    const { build, rows, value, repeat } = await make();
    const sink = await build();
    await sink.open(null, testSinkHost());
    const values = ids(0, 5).map(value);
    for (let time = 0; time < 2; time++) expect(await sink.write(eventsOf(values), signal)).toEqual([]);
    await sink.prepare();
    expect(sorted(await rows())).toEqual(sorted(repeat === 'same' ? values : [...values, ...values]));
    await sink.close();
  });

  test(`${name} goes on where a checkpoint left it`, async () => {
    const { build, rows, value, rewinds } = await make();
    const first = await build();
    await first.open(null, testSinkHost());
    const values = ids(0, 30).map(value);
    await first.write(eventsOf(values).slice(0, 10), signal);
    const token = await first.prepare();
    await first.committed?.(token);
    await first.write(eventsOf(values).slice(10, 20), signal);
    await first.close();

    const second = await build();
    await second.open(token, testSinkHost());
    await second.write(eventsOf(values).slice(20), signal);
    await second.prepare();
    await second.close();
    const kept = rewinds ? [...values.slice(0, 10), ...values.slice(20)] : values;
    expect(sorted(await rows())).toEqual(sorted(kept));
  });

  test(`${name} may be closed twice`, async () => {
    const { build } = await make();
    const sink = await build();
    await sink.open(null, testSinkHost());
    await sink.close();
    await sink.close();
  });
}

/** What a sink must do that may refuse an event. */
export function refusalContract(
  name: string,
  make: () => Promise<SinkUnderTest & { readonly refused: JsonObject }>,
): void {
  test(`${name} tells by index what it refuses, and writes the rest`, async () => {
    const { build, rows, value, refused } = await make();
    const sink = await build();
    await sink.open(null, testSinkHost());
    const rejections = await sink.write(eventsOf([value(0), refused, value(2)]), signal);
    expect(rejections.map(({ index }) => index)).toEqual([1]);
    expect(rejections[0]?.error.name).toBe('DataError');
    await sink.prepare();
    expect(sorted(await rows())).toEqual(sorted([value(0), value(2)]));
    await sink.close();
  });
}

/** What a sink must do whose server may say "not now" about an event, and later take it. */
export function postponingContract(
  name: string,
  make: () => Promise<
    SinkUnderTest & {
      readonly refused: JsonObject;
      /** What the server does not take until `relent`. */
      readonly postponed: JsonObject;
      relent(): void;
    }
  >,
): void {
  test(`${name} tells of all that it refuses, also while something is left to write`, async () => {
    const { build, rows, value, refused, postponed, relent } = await make();
    const sink = await build();
    await sink.open(null, testSinkHost());
    const batch = eventsOf([value(0), refused, postponed, value(3)]);
    for (let time = 0; time < 2; time++) {
      const failure = await sink.write(batch, signal).catch((error) => error);
      expect(failure).toBeInstanceOf(UnsettledError);
      expect(failure).toMatchObject({ answered: true, unsettled: [2], untried: [] });
      expect(failure.rejections).toMatchObject([{ index: 1, error: { name: 'DataError' } }]);
    }
    relent();
    // What is given up is left out of a batch that is passed again.
    const rejections = await sink.write(batch.slice(1), signal);
    expect(rejections).toMatchObject([{ index: 0, error: { name: 'DataError' } }]);
    await sink.prepare();
    expect(sorted(await rows())).toEqual(sorted([value(0), postponed, value(3)]));
    await sink.close();
  });
}

function sorted(rows: readonly JsonObject[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}
