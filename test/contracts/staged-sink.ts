import { expect, test } from 'vitest';
import type { StagedHost, StagedSink, Token } from '../../src/component/sink.ts';
import { TakenOverError } from '../../src/errors.ts';
import type { JsonObject } from '../../src/event.ts';
import { eventsOf } from './events.ts';
import { testSinkHost } from './host.ts';

/** An empty target, the same for every sink that is built for it. */
export interface StagedSinkUnderTest {
  build(): Promise<StagedSink>;
  /** What a reader of the target sees, in any order, as the values that were delivered. */
  rows(): Promise<readonly JsonObject[]>;
  /** Values to deliver, with `id` from 0 up. */
  value(id: number): JsonObject;
  /** A value that the target refuses, though `check` does not know. */
  readonly refused: JsonObject;
}

const signal = new AbortController().signal;

/** The one process that holds a job; `takeOver` makes another one. */
export class Holder {
  #current: StagedHost | undefined;

  takeOver(resumedFrom: number | null, allowsDuplicates = false): StagedHost {
    const host: StagedHost = {
      ...testSinkHost(),
      resumedFrom,
      allowsDuplicates,
      isHolder: async () => this.#current === host,
    };
    this.#current = host;
    return host;
  }
}

/** What every staged sink must do, wherever it delivers to. `make` is called for each test. */
export function stagedSinkContract(name: string, make: () => Promise<StagedSinkUnderTest>): void {
  async function prepared() {
    const target = await make();
    const holder = new Holder();
    const open = async (last: Token | null, resumedFrom: number | null, duplicates = false) => {
      const sink = await target.build();
      await sink.open(last, holder.takeOver(resumedFrom, duplicates));
      return sink;
    };
    const batches = (...ids: number[][]) => ids.map((batch) => eventsOf(batch.map(target.value)));
    const ids = async () => (await target.rows()).map(({ id }) => Number(id)).sort((a, b) => a - b);
    return { ...target, open, batches, ids };
  }

  test(`${name} delivers an interval of several batches, once however often it is told to`, async () => {
    const { open, batches, ids } = await prepared();
    const sink = await open(null, null);
    for (let time = 0; time < 3; time++) {
      expect(await sink.deliver(1, batches([0, 1], [2, 3]), signal)).toEqual([]);
    }
    expect(await sink.deliver(2, batches(), signal)).toEqual([]);
    expect(await sink.deliver(3, batches([4]), signal)).toEqual([]);
    await sink.close();
    expect(await ids()).toEqual([0, 1, 2, 3, 4]);
  });

  test(`${name} delivers after a crash what was not delivered, and nothing twice`, async () => {
    const { open, batches, ids } = await prepared();
    const first = await open(null, null);
    await first.deliver(1, batches([0, 1]), signal);
    const token = first.token();
    await first.deliver(2, batches([2, 3]), signal);

    const second = await open(token, 2);
    await second.deliver(2, batches([2, 3]), signal);
    const next = second.token();
    await second.close();
    const third = await open(next, 3);
    await third.deliver(3, batches([4]), signal);
    await third.close();
    await first.close();
    expect(await ids()).toEqual([0, 1, 2, 3, 4]);
  });

  test(`${name} tells which rows of an interval are refused, and delivers the others`, async () => {
    const { open, value, refused, ids } = await prepared();
    const sink = await open(null, null);
    const rows = [value(0), value(1), refused, value(3)];
    const events = eventsOf(rows);
    const rejections = await sink.deliver(1, [events.slice(0, 1), events.slice(1)], signal);
    expect(rejections.map(({ index, error }) => [index, error.name])).toEqual([[2, 'DataError']]);
    expect(await ids()).toEqual(sink.isAtomic ? [] : [0, 1, 3]);
    const rest = events.filter((_, index) => index !== 2);
    if (sink.isAtomic) expect(await sink.deliver(2, [rest], signal)).toEqual([]);
    await sink.close();
    expect(await ids()).toEqual([0, 1, 3]);
  });

  test(`${name} takes nothing from a process that was taken over`, async () => {
    const { open, batches, ids } = await prepared();
    const paused = await open(null, null);
    await paused.deliver(1, batches([0]), signal);
    const second = await open(paused.token(), 1);
    await second.deliver(2, batches([1]), signal);
    await expect(paused.deliver(2, batches([98]), signal)).rejects.toThrow(TakenOverError);
    await expect(paused.deliver(3, batches([99]), signal)).rejects.toThrow(TakenOverError);
    await second.deliver(3, batches([2]), signal);
    await second.close();
    await paused.close();
    expect(await ids()).toEqual([0, 1, 2]);
  });

  test(`${name} may be closed twice`, async () => {
    const { open } = await prepared();
    const sink = await open(null, null);
    await sink.close();
    await sink.close();
  });
}
