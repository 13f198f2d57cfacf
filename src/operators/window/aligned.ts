import type { Aggregates } from '../../aggregation/aggregates.ts';
import type { Millis } from '../../clock.ts';
import type { Context, Operator } from '../../component/operator.ts';
import type { Event } from '../../event.ts';
import type { KeyedState } from '../../state/keyed-state.ts';
import { Agenda } from './agenda.ts';
import { type Cell, firstFrom } from './cell.ts';
import { FEW_PANES, Fold } from './fold.ts';
import type { Grid, Pane } from './grid.ts';
import { isInput, timeOf } from './input.ts';
import { type KeyPanes, NEVER, type Track } from './key-panes.ts';
import type { Key } from './keys.ts';
import type { PaneTable } from './pane-table.ts';
import type { Progress } from './progress.ts';
import { type Firing, notFired, type Results } from './results.ts';

export interface AlignedParts {
  readonly grid: Grid;
  /** How long after its end a window still takes events. */
  readonly lateness: Millis;
  /** How often, in processing time, windows fire before their ends; never if undefined. */
  readonly early: Millis | undefined;
  readonly key: Key;
  readonly aggregates: Aggregates;
  readonly results: Results;
  readonly table: PaneTable;
  /** By window and key; only where a window can fire more than once. */
  readonly firings: KeyedState<Firing> | undefined;
  readonly progress: Progress;
}

/**
 * Tumbling and sliding windows. An event is added to one pane of its key, however many windows hold it; a window's panes
 * are merged when the watermark passes its end, and it closes `lateness` later. Windows fire in the order of their ends,
 * those of equal end in the order in which their keys arrived.
 */
export class AlignedWindows implements Operator {
  readonly hold: Millis;
  readonly period: Millis | undefined;
  readonly #parts: AlignedParts;
  /** Where lateness is allowed, a window fires first, and closes later; else it closes at once. */
  readonly #firing = new Agenda('firing');
  readonly #closing = new Agenda('closing');
  /** The watermark at which something is due. */
  #due: Millis = NEVER;
  /** The watermark at which all windows that ever had an event are closed. */
  #horizon: Millis = Number.NEGATIVE_INFINITY;
  /** The first and the last pane that changed since the last early firing. */
  readonly #touched = new Map<KeyPanes, { from: Millis; to: Millis }>();
  /** Where all windows have few panes: it keeps nothing, so one does for all keys. */
  readonly #sharedFold: Fold | undefined;

  constructor(parts: AlignedParts) {
    const { grid, lateness, early } = parts;
    this.#parts = parts;
    this.hold = lateness;
    this.period = early;
    if (grid.size / grid.paneSize <= FEW_PANES) this.#sharedFold = this.#newFold();
  }

  get horizon(): Millis {
    return this.#horizon;
  }

  process(event: Event, context: Context): void {
    if (!isInput(event)) {
      context.filtered(event);
      return;
    }
    const { grid, lateness, key, aggregates, table } = this.#parts;
    const pane = grid.paneOf(timeOf(event));
    const { watermark } = context;
    if (watermark >= pane.lastEnd - 1 + lateness) {
      context.late(event);
      return;
    }
    const identity = key.read(event);
    aggregates.read(event);
    const panes = table.panesOf(identity);
    const cell = this.#cellOf(panes, pane, watermark);
    aggregates.add(table.edit(cell), event);
    if (watermark >= pane.firstEnd - 1) this.#addedBehind(event, panes, pane, context);
    if (this.period !== undefined) this.#touch(panes, pane);
  }

  advance(watermark: Millis, context: Context): void {
    if (watermark < this.#due) return;
    const { lateness, progress } = this.#parts;
    progress.reach(watermark);
    const behind = (panes: KeyPanes, end: Millis) => this.#endBehind(panes, end);
    this.#closing.run(watermark + 1 - lateness, (panes, end) => this.#close(panes, end, context), behind);
    this.#firing.run(watermark + 1, (panes, end) => this.#fire(panes, end, context), behind);
    this.#setDue();
  }

  tick(context: Context): void {
    const { grid } = this.#parts;
    for (const [panes, { from, to }] of this.#touched) {
      const first = Math.max(grid.endAfter(from), grid.endAfter(context.watermark + 1));
      this.#emitAll(panes, first, grid.paneOf(to).lastEnd, context);
    }
    this.#touched.clear();
  }

  restored(): void {
    const { grid, table, progress } = this.#parts;
    for (const panes of table.restore()) {
      for (const { start } of panes.cells) this.#schedule(panes, grid.paneOf(start), progress.watermark);
    }
  }

  #cellOf(panes: KeyPanes, pane: Pane, watermark: Millis): Cell {
    const { cells } = panes;
    const { start } = pane;
    const newest = cells[cells.length - 1];
    if (newest?.start === start) return newest;
    const there = cells[firstFrom(cells, start)];
    if (there?.start === start) return there;
    const added = this.#parts.table.add(panes, start);
    this.#schedule(panes, pane, watermark);
    return added;
  }

  /** Sees to it that the pane's windows fire and close, as far as the watermark has not passed them. */
  #schedule(panes: KeyPanes, { firstEnd, lastEnd }: Pane, watermark: Millis): void {
    const { grid, lateness } = this.#parts;
    this.#horizon = Math.max(this.#horizon, lastEnd - 1 + lateness);
    this.#closing.bring(panes, Math.max(firstEnd, grid.endAfter(watermark + 1 - lateness)));
    if (lateness > 0) {
      const firing = Math.max(firstEnd, grid.endAfter(watermark + 1));
      if (firing <= lastEnd) this.#firing.bring(panes, firing);
    }
    this.#setDue();
  }

  #setDue(): void {
    this.#due = Math.min(this.#closing.earliest - 1 + this.#parts.lateness, this.#firing.earliest - 1);
  }

  /** The end of the key's next window with a pane after that which ends at `end`. */
  #endBehind({ cells }: KeyPanes, end: Millis): Millis {
    const { grid } = this.#parts;
    const cell = cells[firstFrom(cells, end + grid.every - grid.size)];
    return cell === undefined ? NEVER : Math.max(end + grid.every, grid.endAfter(cell.start));
  }

  #fire(panes: KeyPanes, end: Millis, context: Context): void {
    const isClosed = end - 1 + this.#parts.lateness <= context.watermark;
    if (!isClosed) this.#emit(panes, end, this.#foldOf(panes.firing), false, context);
  }

  #close(panes: KeyPanes, end: Millis, context: Context): void {
    const { grid, table } = this.#parts;
    this.#emit(panes, end, this.#foldOf(panes.closing), true, context);
    if (!table.expire(panes, end + grid.every - grid.size)) panes.firing.next = NEVER;
  }

  /** The event was added to a pane whose windows have begun to fire. */
  #addedBehind(event: Event, panes: KeyPanes, pane: Pane, context: Context): void {
    const { grid, lateness, progress } = this.#parts;
    const { watermark } = context;
    progress.reach(watermark);
    panes.firing.fold?.changed(pane.start);
    panes.closing.fold?.changed(pane.start);
    if (watermark >= pane.firstEnd - 1 + lateness) context.partlyLate?.(event);
    const firstOpen = Math.max(pane.firstEnd, grid.endAfter(watermark + 1 - lateness));
    this.#emitAll(panes, firstOpen, Math.min(pane.lastEnd, watermark + 1), context);
  }

  /** Emits all windows that end between `first` and `last`, as they stand. */
  #emitAll(panes: KeyPanes, first: Millis, last: Millis, context: Context): void {
    if (first > last) return;
    const { every } = this.#parts.grid;
    const fold = this.#sharedFold ?? this.#newFold();
    for (let end = first; end <= last; end += every) this.#emit(panes, end, fold, false, context);
  }

  #emit({ key, text, cells }: KeyPanes, end: Millis, fold: Fold, final: boolean, context: Context): void {
    const { grid, results, firings } = this.#parts;
    const start = end - grid.size;
    const slots = fold.slots(cells, start, end);
    if (slots === undefined) return;
    const window = { key, text, start, end };
    if (firings === undefined) {
      results.emit(context, window, slots, notFired, final);
      return;
    }
    const id = `${end}/${text}`;
    const firing = results.emit(context, window, slots, firings.get(id) ?? notFired, final);
    if (final) firings.delete(id);
    else firings.set(id, firing);
  }

  #foldOf(track: Track): Fold {
    return (track.fold ??= this.#sharedFold ?? this.#newFold());
  }

  #newFold(): Fold {
    return new Fold(this.#parts.aggregates, this.#parts.grid);
  }

  #touch(panes: KeyPanes, { start }: Pane): void {
    const range = this.#touched.get(panes);
    if (range === undefined) this.#touched.set(panes, { from: start, to: start });
    else {
      range.from = Math.min(range.from, start);
      range.to = Math.max(range.to, start);
    }
  }
}
