import type { Event, Origin } from '../event.ts';
import type { Tokens } from './tokens.ts';

/**
 * Write tokens in the order in which rows are accepted, so that a dead letter's stands between those of the rows
 * before it and after it. The row of a replayed letter keeps the letter's.
 */
export class RowTokens {
  readonly #tokens: Tokens;
  readonly #ofLetters = new WeakMap<Origin, bigint>();
  /** Mostly there is none, and then none is looked for. */
  #hasLetters = false;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  /** Records of this origin are a letter's, with its token. */
  keep(origin: Origin, token: bigint): void {
    this.#ofLetters.set(origin, token);
    this.#hasLetters = true;
  }

  isReplayed({ origin }: Event): boolean {
    return this.#hasLetters && this.#ofLetters.has(origin);
  }

  /** Undefined if none is reserved: then the row takes one when it is written. */
  of({ origin }: Event): bigint | undefined {
    return (this.#hasLetters ? this.#ofLetters.get(origin) : undefined) ?? this.next();
  }

  next(): bigint | undefined {
    return this.#tokens.isEmpty ? undefined : this.#tokens.take();
  }
}
