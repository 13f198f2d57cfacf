import { describe, expect, it } from 'vitest';
import { type Rejection, type Sink, type Unsettled, UnsettledError } from '../../src/component/sink.ts';
import { DataError, TransientError, UnreachableError } from '../../src/errors.ts';
import { Event, type Origin } from '../../src/event.ts';
import { NodeCounters } from '../../src/metrics/counters.ts';
import { settle } from '../../src/runtime/retry.ts';
import { TestClock } from '../clock.ts';

const batch = [0, 1, 2].map((index) => new Event({ index }, null, {} as Origin, index));

function sinkThat(...answers: (Rejection[] | Error)[]): Sink & { calls: number; passed: number[][] } {
  return {
    calls: 0,
    passed: [],
    concurrency: 1,
    open: async () => {},
    async write(events) {
      this.passed.push(events.map(({ index }) => index));
      const answer = answers[Math.min(this.calls++, answers.length - 1)]!;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    prepare: async () => null,
    close: async () => {},
  };
}

function settleWith(sink: Sink, clock = new TestClock()) {
  const said: (string | null)[] = [];
  const policy = {
    clock,
    maxRetries: 3,
    delay: 1000,
    timeout: 60_000,
    waiting: (_node: string, reason: string | null) => said.push(reason),
  };
  const counters = new NodeCounters('table', 'sink', 'test');
  const settled = settle(sink, batch, policy, counters, new AbortController().signal);
  return { settled, said, counters, clock };
}

const overloaded = (what?: Partial<Unsettled>) => {
  const error = new TransientError('overloaded', { answered: true });
  return what === undefined ? error : new UnsettledError(error, { unsettled: [], rejections: [], ...what });
};
const silent = () => new TransientError('connection refused', { answered: false });

describe('settling a batch', () => {
  it('asks a server that answers "not now" again, with growing pauses', async () => {
    const sink = sinkThat(overloaded(), overloaded(), []);
    const { settled, counters, clock } = settleWith(sink);
    expect(await settled).toEqual({ attempts: 3, rejections: [] });
    expect(counters.retries).toBe(2);
    expect(clock.slept[0]).toBeGreaterThanOrEqual(500);
    expect(clock.slept[0]).toBeLessThanOrEqual(1000);
    expect(clock.slept[1]).toBeGreaterThanOrEqual(1000);
    expect(clock.slept[1]).toBeLessThanOrEqual(2000);
  });

  it('refuses, as retryable, only what is not settled after the last retry', async () => {
    const sink = sinkThat(overloaded({ unsettled: [1] }));
    const { attempts, rejections } = await settleWith(sink).settled;
    expect(attempts).toBe(4);
    expect(sink.calls).toBe(4);
    expect(rejections.map(({ index, error }) => [index, error.code, error.retryable])).toEqual([
      [1, 'retries', true],
    ]);
  });

  it('keeps what the sink refuses for good, when others run out of retries', async () => {
    const error = new DataError('refused', 'too large');
    const sink = sinkThat(overloaded({ unsettled: [2], rejections: [{ index: 0, error }] }));
    const { rejections } = await settleWith(sink).settled;
    expect(rejections.map(({ index, error, attempts }) => [index, error.code, attempts])).toEqual([
      [0, 'refused', 1],
      [2, 'retries', 4],
    ]);
  });

  it('asks for what waited for another, once that is given up', async () => {
    const error = new DataError('refused', 'too large');
    const sink = sinkThat(
      ...Array.from({ length: 4 }, () => overloaded({ unsettled: [0], untried: [2] })),
      overloaded({ unsettled: [1], rejections: [{ index: 0, error }] }),
      [{ index: 0, error }],
    );
    const { settled, clock } = settleWith(sink);
    expect(
      (await settled).rejections.map(({ index, error, attempts }) => [index, error.code, attempts]),
    ).toEqual([
      [0, 'retries', 4],
      [1, 'refused', 1],
    ]);
    expect(sink.passed.slice(3)).toEqual([
      [0, 1, 2],
      [1, 2],
      [1, 2],
    ]);
    expect(clock.slept).toHaveLength(4);
  });

  it('waits for an unreachable server without counting attempts', async () => {
    const sink = sinkThat(...Array.from({ length: 20 }, silent), []);
    const { settled, said } = settleWith(sink);
    expect(await settled).toEqual({ attempts: 1, rejections: [] });
    expect(sink.calls).toBe(21);
    expect(said.at(0)).toBe('connection refused');
    expect(said.at(-1)).toBe(null);
  });

  it('gives up on a server that stays away longer than the time-out', async () => {
    const { settled, clock } = settleWith(sinkThat(silent()));
    const began = clock.elapsed();
    await expect(settled).rejects.toThrowError(UnreachableError);
    expect(clock.elapsed() - began).toBeGreaterThan(60_000);
    expect(clock.elapsed() - began).toBeLessThan(65_000);
  });

  it('does not swallow what is not transient', async () => {
    await expect(settleWith(sinkThat(new TypeError('a bug'))).settled).rejects.toThrowError(TypeError);
  });
});
