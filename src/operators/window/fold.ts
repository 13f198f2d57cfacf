import type { Slots } from '../../aggregation/accumulator.ts';
import type { Aggregates } from '../../aggregation/aggregates.ts';
import type { Millis } from '../../clock.ts';
import { type Cell, firstFrom } from './cell.ts';
import type { Grid } from './grid.ts';

/** So many panes are merged one by one, and nothing is kept: it would cost more than it saves. */
export const FEW_PANES = 16;

/**
 * Merges the panes of one key after the other into the windows that hold them, for windows that begin later and later.
 *
 * A window of n panes is cut into chunks of √n: the rest of its first chunk, whole chunks, the beginning of its last
 * one. Each of the three is kept and reused until the window has moved over a chunk's border, so that a window costs
 * some seven merges however many panes it has. These are the base intervals of A. Arasu and J. Widom, "Resource sharing
 * in continuous sliding-window aggregates", VLDB 2004, in two levels. Unlike with two stacks (K. Tangwongsan and others,
 * "General incremental sliding-window aggregation", VLDB 2015) the order of merges follows from the window alone, so that
 * doubles come out the same to the last digit after a recovery; an event that comes late spoils one chunk only; and
 * memory grows with √n.
 */
export class Fold {
  readonly #aggregates: Aggregates;
  readonly #grid: Grid;
  readonly #chunkSize: Millis;
  readonly #chunks = new Map<number, Slots | undefined>();
  #rest: Rest | undefined;
  #whole: { readonly after: number; readonly before: number; readonly slots: Slots | undefined } | undefined;
  #beginning: { readonly chunk: number; upTo: Millis; slots: Slots | undefined } | undefined;

  constructor(aggregates: Aggregates, grid: Grid) {
    this.#aggregates = aggregates;
    this.#grid = grid;
    this.#chunkSize = Math.ceil(Math.sqrt(grid.size / grid.paneSize)) * grid.paneSize;
  }

  /** All panes in `[from, to)`; undefined if there is none. For reading only, and only until a pane changes. */
  slots(cells: readonly Cell[], from: Millis, to: Millis): Slots | undefined {
    const first = firstFrom(cells, from);
    const end = firstFrom(cells, to, first);
    if (end - first <= FEW_PANES) return this.#mergeCells(cells, first, end);
    const firstChunk = this.#chunkOf(from);
    const lastChunk = this.#chunkOf(to - 1);
    if (firstChunk === lastChunk) return this.#mergeCells(cells, first, end);
    return this.#merged(
      this.#merged(this.#restOf(firstChunk, from, cells), this.#wholeBetween(firstChunk, lastChunk, cells)),
      this.#beginningOf(lastChunk, to, cells),
    );
  }

  /** A pane changed that may have been merged already. */
  changed(pane: Millis): void {
    const chunk = this.#chunkOf(pane);
    this.#chunks.delete(chunk);
    if (this.#rest?.chunk === chunk) this.#rest = undefined;
    if (this.#whole !== undefined && this.#whole.after < chunk && chunk < this.#whole.before)
      this.#whole = undefined;
    if (this.#beginning?.chunk === chunk) this.#beginning = undefined;
  }

  /** What the first chunk holds from `from` on. */
  #restOf(chunk: number, from: Millis, cells: readonly Cell[]): Slots | undefined {
    if (this.#rest?.chunk !== chunk || from < this.#rest.from) {
      this.#rest = this.#suffixes(chunk, from, cells);
    }
    const { starts, slots } = this.#rest;
    this.#rest.from = from;
    while (starts.length > 0 && starts.at(-1)! < from) {
      starts.pop();
      slots.pop();
    }
    return slots.at(-1);
  }

  /** For each pane of the chunk, from the last to that at `from`: it and all behind it. */
  #suffixes(chunk: number, from: Millis, cells: readonly Cell[]): Rest {
    const starts: Millis[] = [];
    const slots: Slots[] = [];
    const first = firstFrom(cells, from);
    for (let index = firstFrom(cells, this.#startOf(chunk + 1), first) - 1; index >= first; index--) {
      const cell = cells[index]!;
      starts.push(cell.start);
      slots.push(this.#merged(cell.entry.value.slots, slots.at(-1))!);
    }
    return { chunk, from, starts, slots };
  }

  /** All chunks that lie between two. */
  #wholeBetween(after: number, before: number, cells: readonly Cell[]): Slots | undefined {
    if (this.#whole?.after === after && this.#whole.before === before) return this.#whole.slots;
    let slots: Slots | undefined;
    for (let chunk = after + 1; chunk < before; chunk++)
      slots = this.#merged(slots, this.#chunk(chunk, cells));
    for (const chunk of this.#chunks.keys()) if (chunk <= after) this.#chunks.delete(chunk);
    this.#whole = { after, before, slots };
    return slots;
  }

  #chunk(chunk: number, cells: readonly Cell[]): Slots | undefined {
    if (!this.#chunks.has(chunk)) {
      const first = firstFrom(cells, this.#startOf(chunk));
      const end = firstFrom(cells, this.#startOf(chunk + 1), first);
      this.#chunks.set(chunk, this.#mergeCells(cells, first, end));
    }
    return this.#chunks.get(chunk);
  }

  /** What the last chunk holds before `to`. */
  #beginningOf(chunk: number, to: Millis, cells: readonly Cell[]): Slots | undefined {
    if (this.#beginning?.chunk !== chunk || to < this.#beginning.upTo) {
      this.#beginning = { chunk, upTo: this.#startOf(chunk), slots: undefined };
    }
    const beginning = this.#beginning;
    const first = firstFrom(cells, beginning.upTo);
    const end = firstFrom(cells, to, first);
    for (let index = first; index < end; index++) {
      beginning.slots = this.#into(beginning.slots, cells[index]!.entry.value.slots);
    }
    beginning.upTo = to;
    return beginning.slots;
  }

  #mergeCells(cells: readonly Cell[], first: number, end: number): Slots | undefined {
    if (end - first === 1) return cells[first]!.entry.value.slots;
    let slots: Slots | undefined;
    for (let index = first; index < end; index++) slots = this.#into(slots, cells[index]!.entry.value.slots);
    return slots;
  }

  /** A new group of both, or that of the two which is there. */
  #merged(one: Slots | undefined, other: Slots | undefined): Slots | undefined {
    return one === undefined || other === undefined
      ? (one ?? other)
      : this.#into(this.#into(undefined, one), other);
  }

  /** Merges into slots that are ours. */
  #into(slots: Slots | undefined, from: Slots): Slots {
    if (slots === undefined) return this.#aggregates.copy(from);
    this.#aggregates.merge(slots, from);
    return slots;
  }

  #chunkOf(time: Millis): number {
    return this.#grid.numberOf(time, this.#chunkSize);
  }

  #startOf(chunk: number): Millis {
    return this.#grid.startOf(chunk, this.#chunkSize);
  }
}

interface Rest {
  readonly chunk: number;
  from: Millis;
  /** The panes, latest first, and for each what it and those before it in this list hold. */
  readonly starts: Millis[];
  readonly slots: Slots[];
}
