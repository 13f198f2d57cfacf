import type { Millis } from '../../clock.ts';
import type { JsonObject } from '../../event.ts';

/** What goes into a join, or comes out of one: the values of some inputs by name, the later time, who they are. */
export interface Part {
  readonly value: JsonObject;
  readonly time: Millis;
  readonly id: string;
}

/** What a checkpoint keeps of a row that waits for others. */
export interface RowState extends Part {
  /** The row's place among all of the join, in the order in which they came. */
  readonly order: number;
  /** Whether it has met another. */
  readonly met: boolean;
}

/** Two parts that met, in the order of their inputs. */
export function together(left: Part, right: Part): Part {
  return {
    value: { ...left.value, ...right.value },
    time: Math.max(left.time, right.time),
    id: `${left.id}&${right.id}`,
  };
}
