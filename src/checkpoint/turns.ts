import { stateId } from './state-sets.ts';
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
  /** By state: the first checkpoint whose chunks of it the newest one needs. */
  readonly #needed = new Map<string, number>();
  #superseded: Superseded[] = [];

  /** A checkpoint holds these. */
  note(number: number, deltas: readonly StateDelta[]): void {
    for (const delta of deltas) {
      const { node, state, turned } = delta;
      const id = stateId(delta);
      const began = this.#began.get(id) ?? number;
      this.#needed.set(id, this.neededFrom(number, delta));
      this.#began.set(id, turned ? number + 1 : began);
      if (turned) this.#superseded.push({ node, state, before: began, since: number });
    }
  }

  /** The first checkpoint whose chunks of that state are needed by checkpoint `number`, which holds this; -Infinity if all are. */
  neededFrom(number: number, delta: StateDelta): number {
    const id = stateId(delta);
    if (delta.turned) return this.#began.get(id) ?? number;
    return this.#needed.get(id) ?? Number.NEGATIVE_INFINITY;
  }

  /** The first checkpoint of which checkpoint `number`, which holds these, needs anything; -Infinity if it needs all. */
  allNeededFrom(number: number, deltas: readonly StateDelta[]): number {
    const needed = new Map(this.#needed);
    for (const delta of deltas) needed.set(stateId(delta), this.neededFrom(number, delta));
    return needed.size === 0 ? Number.NEGATIVE_INFINITY : Math.min(...needed.values());
  }

  /** What can be dropped now that `oldest` is the oldest checkpoint that is kept; told once. */
  takeSuperseded(oldest: number): readonly Superseded[] {
    const taken = this.#superseded.filter(({ since }) => since <= oldest);
    this.#superseded = this.#superseded.filter(({ since }) => since > oldest);
    return taken;
  }
}
