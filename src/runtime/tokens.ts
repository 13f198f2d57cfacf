import type { Lease, TokenRange } from '../checkpoint/store.ts';
import type { Clock } from '../clock.ts';

/** Sixteen seconds' worth of microseconds: few reservations, and little lost when a run ends early. */
const BLOCK = 1n << 24n;

/** Write tokens, taken from blocks that the checkpoint store reserved for this run alone. */
export class Tokens {
  readonly #lease: Lease;
  readonly #clock: Clock;
  #range: TokenRange = { next: 0n, end: 0n };
  #next = 0n;
  #following: TokenRange | undefined;
  #reserving: Promise<void> | undefined;

  constructor(lease: Lease, clock: Clock) {
    this.#lease = lease;
    this.#clock = clock;
  }

  /** Undefined if that many tokens are there; else resolves when they are. */
  ensure(count: number): Promise<void> | undefined {
    const left = this.#range.end - this.#next;
    if (left < BLOCK / 2n && this.#following === undefined) {
      this.#reserving ??= this.#reserve();
      // While there are tokens left, nobody waits for it: it is tried again with the next write.
      this.#reserving.catch(() => {});
    }
    return left + (this.#following === undefined ? 0n : BLOCK) >= BigInt(count) ? undefined : this.#reserving;
  }

  /** Whether there is none to be taken now. */
  get isEmpty(): boolean {
    return this.#next === this.#range.end && this.#following === undefined;
  }

  /** The next token; strictly increasing. `ensure` must have been called for it. */
  take(): bigint {
    if (this.#next === this.#range.end) {
      if (this.#following === undefined) throw new Error('write tokens were taken that nobody reserved');
      this.#range = this.#following;
      this.#next = this.#range.next;
      this.#following = undefined;
    }
    return this.#next++;
  }

  /** The token that was given out last: whatever is written from now on has a larger one. */
  get latest(): bigint {
    return this.#next === 0n ? (this.#following?.next ?? 0n) : this.#next - 1n;
  }

  async #reserve(): Promise<void> {
    try {
      this.#following = await this.#lease.reserve(BLOCK, this.#clock.now());
    } finally {
      this.#reserving = undefined;
    }
  }
}
