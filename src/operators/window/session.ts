import type { Slots } from '../../aggregation/accumulator.ts';
import type { Identity } from '../../aggregation/identity.ts';
import type { Millis } from '../../clock.ts';
import type { Value } from '../../event.ts';
import type { Firing } from './results.ts';

/** What a checkpoint keeps of one session. */
export interface SessionState {
  readonly key: readonly Value[];
  /** The session's place among all, in the order in which they began. */
  readonly order: number;
  /** The times of its first and its last event. */
  start: Millis;
  last: Millis;
  readonly slots: Slots;
  firing: Firing;
}

/** A session at hand. */
export interface Session {
  readonly id: string;
  readonly text: string;
  readonly identity: Identity;
  state: SessionState;
  /** The interval of the keyed state in which `state` may be changed in place. */
  interval: number;
  /** When it is looked at next; a schedule's entry for another time is out of date. */
  due: Millis;
  /** The end with which it last fired. */
  firedEnd: Millis;
}
