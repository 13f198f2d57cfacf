import type { StateDelta } from './store.ts';

/** Chunks of one state that no kept checkpoint needs once those before `since` are gone: all numbered under `before`. */
export interface Superseded {
  readonly node: string;
  readonly state: string;
  readonly before: number;
  readonly since: number;
}

/**
 * Tells which chunks of state are not needed any more. Every checkpoint holds what changed and, in turn, some of what
 * did not; when a turn is complete, it holds every key, and what was written before it began is superseded.
 */
export class Turns {
  readonly #began = new Map<string, number>();
  #superseded: Superseded[] = [];

  /** A checkpoint holds these. */
  note(number: number, deltas: readonly StateDelta[]): void {
    for (const { node, state, turned } of deltas) {
      const id = JSON.stringify([node, state]);
      const began = this.#began.get(id) ?? number;
      this.#began.set(id, turned ? number + 1 : began);
      if (turned) this.#superseded.push({ node, state, before: began, since: number });
    }
  }

  /** Where the turn of that state began that is under way; undefined if none is. */
  beganAt({ node, state }: StateDelta): number | undefined {
    return this.#began.get(JSON.stringify([node, state]));
  }

  /** What can be dropped now that `oldest` is the oldest checkpoint that is kept; told once. */
  takeSuperseded(oldest: number): readonly Superseded[] {
    const taken = this.#superseded.filter(({ since }) => since <= oldest);
    this.#superseded = this.#superseded.filter(({ since }) => since > oldest);
    return taken;
  }
}
