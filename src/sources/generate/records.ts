import type { Millis } from '../../clock.ts';
import { DataError } from '../../errors.ts';
import type { Headers, JsonObject, PartitionId, Position, Records } from '../../event.ts';
import type { Maker } from './kinds.ts';
import { Random } from './random.ts';

export const PARTITION: PartitionId = '0';

/** Events are made when they are asked for, so this is only what bounds in bytes reckon with. */
const USUAL_SIZE = 200;

const NO_HEADERS: Headers = {};

export interface Recipe {
  readonly make: Maker;
  readonly seed: number;
  /** When event 0 happens. */
  readonly start: Millis;
  /** From one event to the next. */
  readonly spacing: Millis;
  /** Events are up to this much earlier than in order. */
  readonly disorder: Millis;
  /** One event in so many can't be decoded; 0 is none. */
  readonly bad: number;
}

/** Events of a recipe: which one is told by its position alone. */
export class GeneratedRecords implements Records {
  readonly partition = PARTITION;
  readonly length: number;
  readonly #recipe: Recipe;
  readonly #first: Position;
  readonly #random: Random;

  constructor(recipe: Recipe, first: Position, length: number) {
    this.#recipe = recipe;
    this.#first = first;
    this.length = length;
    this.#random = new Random(recipe.seed);
  }

  value(index: number): JsonObject {
    if (this.#isBad(index)) throw new DataError('decode', 'invalid JSON: the event was generated cut short');
    return this.#make(index);
  }

  text(index: number): string {
    const text = JSON.stringify(this.#make(index));
    return this.#isBad(index) ? text.slice(0, -10) : text;
  }

  bytes(index: number): Uint8Array {
    return Buffer.from(this.text(index));
  }

  size(): number {
    return USUAL_SIZE;
  }

  key(): null {
    return null;
  }

  headers(): Headers {
    return NO_HEADERS;
  }

  timestamp(index: number): Millis {
    const { start, spacing, disorder } = this.#recipe;
    const inOrder = start + Math.floor(this.offset(index) * spacing);
    if (disorder === 0) return inOrder;
    this.#random.startEvent(this.offset(index));
    return inOrder - this.#random.integer(disorder + 1);
  }

  offset(index: number): Position {
    return this.#first + index;
  }

  next(index: number): Position {
    return this.#first + index + 1;
  }

  #make(index: number): JsonObject {
    const offset = this.offset(index);
    const time = this.timestamp(index);
    this.#random.startEvent(offset);
    return this.#recipe.make(this.#random, offset, time);
  }

  #isBad(index: number): boolean {
    const { bad } = this.#recipe;
    return bad > 0 && this.offset(index) % bad === bad - 1;
  }
}
