import type { Slots } from '../../aggregation/accumulator.ts';
import type { Millis } from '../../clock.ts';
import type { Value } from '../../event.ts';
import type { KeyedEntry } from '../../state/keyed-state.ts';

/** What a checkpoint keeps of one key's events in one pane. */
export interface PaneState {
  readonly key: readonly Value[];
  /** The key's place among all keys, in the order of arrival. */
  readonly order: number;
  readonly start: Millis;
  readonly slots: Slots;
}

/** One key's pane at hand. */
export interface Cell {
  readonly start: Millis;
  readonly entry: KeyedEntry<PaneState>;
}

/** The index of the first cell that begins at `time` or later; `cells` are sorted, and none before `low` does. */
export function firstFrom(cells: readonly Cell[], time: Millis, low = 0): number {
  let from = low;
  let to = cells.length;
  // The usual answers: the first, and behind the last.
  if (from < to && cells[from]!.start >= time) return from;
  if (from < to && cells[to - 1]!.start < time) return to;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (cells[middle]!.start < time) from = middle + 1;
    else to = middle;
  }
  return from;
}
