/**
 * Numbers that look random and are the same for the same seed and event, so that any event can be made without those
 * before it. The steps are those of SplitMix32 (the finalizer of MurmurHash3 over a Weyl sequence).
 */
export class Random {
  readonly #seed: number;
  #state = 0;

  constructor(seed: number) {
    this.#seed = mix(seed ^ 0x5bd1e995);
  }

  /** Starts over with the numbers of event `index`. */
  startEvent(index: number): void {
    this.#state = mix((this.#seed + Math.imul(index, 0x9e3779b9)) ^ Math.floor(index / 0x1_0000_0000));
  }

  /** The next one, in `[0, 1)`. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    return (mix(this.#state) >>> 0) / 0x1_0000_0000;
  }

  /** A whole number in `[0, below)`. */
  integer(below: number): number {
    return Math.floor(this.next() * below);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.integer(choices.length)]!;
  }

  /** A whole number in `[0, below)`; small ones come far more often, as a few users make most of the traffic. */
  skewed(below: number): number {
    return Math.floor(below * this.next() ** 3);
  }
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
