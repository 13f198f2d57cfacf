import { type Event, identityOf, type Origin } from '../event.ts';

/**
 * Of a replayed event only what was refused goes on: where several events are made of one, the others went on when it
 * came first.
 */
export class Narrowing {
  /** The identity of the refused event, by the origin with which its letter goes in again. */
  readonly #refused = new WeakMap<Origin, string>();
  /** Whether any letter is on its way. */
  isActive = false;
  /** How often a letter's event came too late for its window, and no one took it. */
  late = 0;

  narrow(origin: Origin, refused: string): void {
    this.isActive = true;
    this.#refused.set(origin, refused);
  }

  /** Whether the event comes from a letter. */
  isReplayed({ origin }: Event): boolean {
    return this.#refused.has(origin);
  }

  /** All of them are through. */
  end(): void {
    this.isActive = false;
    this.late = 0;
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
