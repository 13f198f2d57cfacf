import type { Millis } from '../../clock.ts';
import type { Context } from '../../component/operator.ts';
import type { Event } from '../../event.ts';

/** One of the things that a node looks for. Events reach it in time: none is late. */
export interface Part {
  /** The watermark at which nothing waits in it any more; -Infinity if nothing does. */
  readonly horizon: Millis;
  /** Reads what it needs of the event, and tells whether it is one that it looks at. Throws DataError; it has kept nothing then. */
  read(event: Event, time: Millis): boolean;
  /** Keeps the event that it has just read. */
  keep(event: Event, time: Millis): void;
  advance(watermark: Millis, context: Context): void;
  /** Rebuilds what follows from its states. */
  restored(): void;
}
