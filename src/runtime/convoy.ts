import type { Millis } from '../clock.ts';
import type { Entrance } from './entrance.ts';

/** A source, as far as its place in event time goes. */
type Member = Pick<Entrance, 'process' | 'maxDrift'> & {
  readonly queue: Pick<Entrance['queue'], 'isEmpty'>;
  readonly watermark: Pick<Entrance['watermark'], 'latest' | 'isIdle'>;
};

/**
 * Lets the sources of a job advance together in event time: the one that is behind goes first, and one that is ahead of
 * a source without events by more than its drift waits until that has some, is idle, or ends.
 */
export class Convoy<Source extends Member> {
  readonly #sources: readonly Source[];
  /** Where a source without an event yet is taken to stand: where the first one began. */
  #beginning: Millis | undefined;

  constructor(sources: readonly Source[]) {
    this.#sources = sources;
  }

  /**
   * Pushes up to `most` events into the graph while `hasRoom`. `isExpected` tells whether a source whose queue is empty
   * may have more. Tells how many were pushed.
   */
  process(most: number, isExpected: (source: Source) => boolean, hasRoom: () => boolean): number {
    let left = most;
    while (left > 0 && hasRoom()) {
      const [first, second] = this.#inOrder();
      if (first === undefined || this.#isTooFar(first, isExpected)) break;
      const until = second === undefined ? this.#furthest(first, isExpected) : this.#positionOf(second);
      const pushed = first.process(left, until);
      if (pushed === 0) break;
      left -= pushed;
    }
    return most - left;
  }

  /** Those with events, the furthest behind first. */
  #inOrder(): Source[] {
    const ready = this.#sources.filter(({ queue }) => !queue.isEmpty);
    return ready.toSorted((one, other) => compare(one.watermark.latest, other.watermark.latest));
  }

  #isTooFar(source: Source, isExpected: (source: Source) => boolean): boolean {
    return source.watermark.latest > this.#furthest(source, isExpected);
  }

  /** How far the source may go before it waits for those that have nothing to give right now. */
  #furthest(source: Source, isExpected: (source: Source) => boolean): Millis {
    const awaited = this.#sources.filter(
      (other) => other.queue.isEmpty && !other.watermark.isIdle && isExpected(other),
    );
    return Math.min(...awaited.map((other) => this.#positionOf(other))) + source.maxDrift;
  }

  #positionOf({ watermark: { latest } }: Source): Millis {
    const begun = this.#sources.map((each) => each.watermark.latest).filter(Number.isFinite);
    if (begun.length > 0) this.#beginning ??= Math.min(...begun);
    return Number.isFinite(latest) ? latest : (this.#beginning ?? Number.NEGATIVE_INFINITY);
  }
}

function compare(one: Millis, other: Millis): number {
  return one === other ? 0 : one - other;
}
