import type { Aggregates } from '../../aggregation/aggregates.ts';
import type { Identity } from '../../aggregation/identity.ts';
import type { Millis } from '../../clock.ts';
import type { KeyedState } from '../../state/keyed-state.ts';
import { KeySessions } from './key-sessions.ts';
import { identityOfKey, type Key, textOfKey } from './keys.ts';
import { notFired } from './results.ts';
import type { Session, SessionState } from './session.ts';

/** All live sessions, by key and time. What a checkpoint keeps is in the keyed state; the rest is rebuilt from it. */
export class SessionTable {
  readonly #key: Key;
  readonly #aggregates: Aggregates;
  readonly #states: KeyedState<SessionState>;
  readonly #keys = new Map<Identity, KeySessions>();
  #begun = 0;

  constructor(key: Key, aggregates: Aggregates, states: KeyedState<SessionState>) {
    this.#key = key;
    this.#aggregates = aggregates;
    this.#states = states;
  }

  /** The key's sessions that have an event at most `gap` away from `time`: none, one, or two that meet there. */
  near(identity: Identity, time: Millis, gap: Millis): readonly Session[] {
    return this.#keys.get(identity)?.near(time, gap) ?? [];
  }

  /** Begins a session of the key that was read last, without an event yet. */
  begin(identity: Identity, time: Millis): Session {
    const key = this.#key.values();
    const text = textOfKey(key);
    const order = this.#begun++;
    const slots = this.#aggregates.create();
    const state = { key, order, start: time, last: time, slots, firing: notFired };
    const id = `${order}/${text}`;
    this.#states.set(id, state);
    const session = sessionOf(id, identity, text, state, this.#states.interval);
    this.#insert(session);
    return session;
  }

  /** The session's state, to be changed in place now. */
  edit(session: Session): SessionState {
    const { interval } = this.#states;
    if (session.interval !== interval) {
      session.state = this.#states.edit(session.id)!;
      session.interval = interval;
    }
    return session.state;
  }

  end(session: Session): void {
    const sessions = this.#keys.get(session.identity)!;
    sessions.remove(session);
    if (sessions.isEmpty) this.#keys.delete(session.identity);
    this.#states.delete(session.id);
    session.due = Number.NaN;
  }

  /** Takes over what the keyed state holds; gives all sessions in the order in which they began. */
  restore(): Session[] {
    const stored = [...this.#states.entries()].toSorted(([, one], [, other]) => one.order - other.order);
    return stored.map(([id, state]) => {
      const session = sessionOf(id, identityOfKey(state.key), textOfKey(state.key), state, Number.NaN);
      this.#insert(session);
      this.#begun = state.order + 1;
      return session;
    });
  }

  #insert(session: Session): void {
    const sessions = this.#keys.get(session.identity) ?? new KeySessions();
    this.#keys.set(session.identity, sessions);
    sessions.add(session);
  }
}

function sessionOf(
  id: string,
  identity: Identity,
  text: string,
  state: SessionState,
  interval: number,
): Session {
  return { id, text, identity, state, interval, due: Number.NaN, firedEnd: Number.NaN };
}
