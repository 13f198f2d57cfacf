import type { KeyedState } from '../../state/keyed-state.ts';
import type { RowState } from './part.ts';

/** The rows of a block, by their place in it; undefined: it has left. */
export type RowBlock = readonly (RowState | undefined)[];

/** A block at hand. */
export interface Block {
  readonly name: string;
  rows: (RowState | undefined)[];
  /** The interval of the keyed state in which `rows` may be changed in place. */
  interval: number;
  /** Rows that are still there. */
  left: number;
  /** Places that are taken, by rows that have left too. */
  taken: number;
}

/** What a checkpoint keeps of the rows of one side. */
export class RowBlocks {
  readonly #states: KeyedState<RowBlock>;
  readonly #length: number;
  #newest: Block | undefined;
  #blocks = 0;

  /**
   * So many rows that came one after the other are one entry of the keyed state: few entries where rows leave one after
   * the other too; where they don't, what one of them changes is all of its block.
   */
  constructor(states: KeyedState<RowBlock>, length: number) {
    this.#states = states;
    this.#length = length;
  }

  /** Where the row is kept. */
  add(state: RowState): Block {
    let block = this.#newest;
    if (block === undefined || block.taken === this.#length) block = this.#begin();
    this.#edit(block)[block.taken++] = state;
    block.left++;
    return block;
  }

  /** The row at this place of a block is another now. */
  set(block: Block, place: number, state: RowState): void {
    this.#edit(block)[place] = state;
  }

  remove(block: Block, place: number): void {
    if (--block.left > 0) {
      this.#edit(block)[place] = undefined;
      return;
    }
    this.#states.delete(block.name);
    if (block === this.#newest) this.#newest = undefined;
  }

  /** All rows that a checkpoint held, each with its block and its place in it. */
  *restored(): Iterable<readonly [RowState, Block, number]> {
    for (const [name, stored] of this.#states.entries()) {
      this.#blocks = Math.max(this.#blocks, Number(name) + 1);
      const rows = [...stored];
      const left = rows.filter((row) => row !== undefined).length;
      // What comes next goes into a block of its own.
      const block = { name, rows, interval: Number.NaN, left, taken: this.#length };
      for (const [place, row] of rows.entries()) if (row !== undefined) yield [row, block, place];
    }
  }

  #begin(): Block {
    const name = String(this.#blocks++);
    const rows: (RowState | undefined)[] = [];
    this.#states.set(name, rows);
    this.#newest = { name, rows, interval: this.#states.interval, left: 0, taken: 0 };
    return this.#newest;
  }

  #edit(block: Block): (RowState | undefined)[] {
    const { interval } = this.#states;
    if (block.interval !== interval) {
      block.rows = this.#states.edit(block.name) as (RowState | undefined)[];
      block.interval = interval;
    }
    return block.rows;
  }
}

export function copyOfBlock(rows: RowBlock): RowBlock {
  return rows.slice();
}
