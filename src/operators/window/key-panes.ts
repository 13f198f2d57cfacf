import type { Identity } from '../../aggregation/identity.ts';
import type { Millis } from '../../clock.ts';
import type { Value } from '../../event.ts';
import type { Cell } from './cell.ts';
import type { Fold } from './fold.ts';

export const NEVER = Number.POSITIVE_INFINITY;

/** One key's way through its windows: which of them is next, and what was merged for those before it. */
export class Track {
  /** The end of the key's next window here; a schedule's entry for another end is out of date. */
  next: Millis = NEVER;
  fold: Fold | undefined;
}

/** The live panes of one key. */
export class KeyPanes {
  readonly identity: Identity;
  readonly key: readonly Value[];
  /** The key as text. */
  readonly text: string;
  readonly order: number;
  /** By time; none is empty. */
  readonly cells: Cell[] = [];
  readonly firing = new Track();
  readonly closing = new Track();

  constructor(identity: Identity, key: readonly Value[], text: string, order: number) {
    this.identity = identity;
    this.key = key;
    this.text = text;
    this.order = order;
  }
}
