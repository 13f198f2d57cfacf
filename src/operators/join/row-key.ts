import type { Identity } from '../../aggregation/identity.ts';
import type { Event, Value } from '../../event.ts';
import type { Scalar } from '../../expression/scalar.ts';
import { identityOfKey, textOfKey } from '../window/keys.ts';
import type { Part } from './part.ts';

/** What the rows of one side are joined by. */
export class RowKey {
  readonly #scalars: readonly Scalar[];
  /** Of the row last read. */
  readonly #values: Value[] = [];

  constructor(scalars: readonly Scalar[]) {
    this.#scalars = scalars;
  }

  /** What tells the row's key from others; undefined if a part of it is NULL, which meets nothing. Throws DataError. */
  read({ value }: Part): Identity | undefined {
    const event = { value } as Event;
    const scalars = this.#scalars;
    for (let index = 0; index < scalars.length; index++) {
      const part = scalars[index]!(event);
      if (part === null) return undefined;
      this.#values[index] = part;
    }
    return identityOfKey(this.#values);
  }

  /** The key last read, for the states of a checkpoint. */
  text(): string {
    return textOfKey(this.#values);
  }
}
