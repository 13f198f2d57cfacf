import type { StateDelta } from './store.ts';

/** The chunks of one state that a checkpoint needs: so many of each checkpoint from `from` on. */
export interface StateSet {
  readonly node: string;
  readonly state: string;
  readonly from: number;
  readonly chunks: readonly number[];
}

/** How many chunks there are of a state, by checkpoint. */
type Counts = ReadonlyMap<string, number>;

/** What the checkpoint at hand needs of what was written with those before: kept with it, so that a gap shows. */
export class StateSets {
  readonly sets: readonly StateSet[];

  constructor(sets: readonly StateSet[] = []) {
    this.sets = sets;
  }

  /**
   * For the next checkpoint, which writes so many chunks of each state. `neededFrom` tells the first one whose chunks it
   * needs: what is older is superseded.
   */
  next(
    number: number,
    deltas: readonly StateDelta[],
    written: Counts,
    neededFrom: (delta: StateDelta) => number,
  ): StateSets {
    const changed = deltas.map((delta): StateSet => {
      const { node, state } = delta;
      const before = this.sets.find((set) => set.node === node && set.state === state);
      const { from = number, chunks = [] } = before ?? {};
      const skipped = new Array<number>(number - from - chunks.length).fill(0);
      const all = [...chunks, ...skipped, written.get(stateId(delta)) ?? 0];
      const first = Math.max(from, neededFrom(delta));
      return { node, state, from: first, chunks: all.slice(first - from) };
    });
    const isChanged = (set: StateSet) => changed.some((one) => stateId(one) === stateId(set));
    return new StateSets([...this.sets.filter((set) => !isChanged(set)), ...changed]);
  }

  /** The first state of which chunks are missing among those found, by `chunkId`; undefined if none are. */
  missingFrom(found: Counts): StateSet | undefined {
    return this.sets.find((set) =>
      set.chunks.some((count, index) => (found.get(chunkId(set, set.from + index)) ?? 0) < count),
    );
  }
}

interface Stateful {
  readonly node: string;
  readonly state: string;
}

export function stateId({ node, state }: Stateful): string {
  return JSON.stringify([node, state]);
}

/** Of what checkpoint `number` wrote of a state. */
export function chunkId({ node, state }: Stateful, number: number): string {
  return JSON.stringify([node, state, number]);
}
