import { describe, expect, it } from 'vitest';
import { Convoy } from '../../src/runtime/convoy.ts';

/** A source with events at these times still to come; `idle` once nothing is expected for now. */
class FakeSource {
  readonly maxDrift: number;
  readonly name: string;
  readonly #log: string[];
  #times: number[];
  readonly watermark = { latest: Number.NEGATIVE_INFINITY, isIdle: false };

  constructor(name: string, times: readonly number[], log: string[], maxDrift = 100) {
    this.name = name;
    this.#times = [...times];
    this.#log = log;
    this.maxDrift = maxDrift;
  }

  get queue() {
    return { isEmpty: this.#times.length === 0 };
  }

  arrive(...times: readonly number[]): void {
    this.#times.push(...times);
  }

  process(most: number, until = Number.POSITIVE_INFINITY): number {
    let pushed = 0;
    while (pushed < most && this.#times.length > 0) {
      this.watermark.latest = Math.max(this.watermark.latest, this.#times.shift()!);
      this.#log.push(`${this.name}${this.watermark.latest}`);
      pushed++;
      if (this.watermark.latest > until) break;
    }
    return pushed;
  }
}

function convoyOf(times: Readonly<Record<string, readonly number[]>>) {
  const log: string[] = [];
  const sources = Object.entries(times).map(([name, of]) => new FakeSource(name, of, log));
  const convoy = new Convoy(sources);
  const process = (most = 100, isExpected: (source: FakeSource) => boolean = () => true) => {
    convoy.process(most, isExpected, () => true);
    return log.splice(0).join(' ');
  };
  return { sources, process };
}

describe('sources that go forward together', () => {
  it('take turns by event time, however many events each of them has', () => {
    const { process } = convoyOf({ a: [0, 1, 2, 50, 60], b: [10, 20, 70] });
    expect(process(100, () => false)).toBe('a0 b10 a1 a2 a50 b20 b70 a60');
  });

  it('wait for one that has no event yet when they are too far ahead of it, until it has', () => {
    const { sources, process } = convoyOf({ a: [0, 50, 101, 150, 151], b: [] });
    expect(process()).toBe('a0 a50 a101');
    expect(process()).toBe('');
    sources[1]!.arrive(60);
    expect(process()).toBe('b60 a150 a151');
  });

  it('do not wait for one that is idle, or of which nothing is expected', () => {
    for (const rest of ['idle', 'at its end']) {
      const { sources, process } = convoyOf({ a: [0, 500, 1000], b: [] });
      sources[1]!.watermark.isIdle = rest === 'idle';
      expect(process(100, ({ name }) => rest === 'idle' || name === 'a')).toBe('a0 a500 a1000');
    }
  });

  it('push no more than is asked for, and nothing while there is no room', () => {
    const { process } = convoyOf({ a: [0, 1, 2], b: [0, 1, 2] });
    expect(process(2)).toBe('a0 b0');
    const full = new Convoy([new FakeSource('a', [1], [])]);
    expect(
      full.process(
        10,
        () => true,
        () => false,
      ),
    ).toBe(0);
  });
});
