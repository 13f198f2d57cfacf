import { type Event, identityOf, type Origin } from '../event.ts';

/**
 * Of a replayed event only what was refused goes on: where several events are made of one, the others went on when it
 * came first.
 */
export class Narrowing {
  /** The identity of the refused event, by the origin with which its letter goes in again. */
  readonly #refused = new WeakMap<Origin, string>();

  narrow(origin: Origin, refused: string): void {
    this.#refused.set(origin, refused);
  }

  /** Whether the event is the refused one, made of it, or what it is to be made of. */
  isWanted(event: Event): boolean {
    const refused = this.#refused.get(event.origin);
    if (refused === undefined) return true;
    const identity = identityOf(event);
    return isSameOrMadeOf(identity, refused) || isSameOrMadeOf(refused, identity);
  }
}

/** Steps that make several events of one put `#` and a number behind its identity. */
function isSameOrMadeOf(identity: string, parent: string): boolean {
  return identity === parent || identity.startsWith(`${parent}#`);
}
