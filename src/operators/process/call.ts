import type { Millis } from '../../clock.ts';
import { eventOf } from '../../component/module-values.ts';
import { DataError, messageOf, SpecError } from '../../errors.ts';
import type { JsonObject } from '../../event.ts';
import type { KeyState } from '../detect/key-table.ts';
import type { UserContext, UserState } from './module.ts';
import { checkState } from './state-data.ts';

export interface ProcessState extends KeyState {
  /** What the module keeps, by name. */
  values: Record<string, unknown>;
  /** When it wants to be called, each time once. */
  timers: Millis[];
  /** The time of its newest event; null if none had one, or where state does not grow too old. */
  seenAt: Millis | null;
}

export function copyOfProcess(state: ProcessState): ProcessState {
  return { ...state, values: structuredClone(state.values), timers: state.timers.slice() };
}

export interface CallHost {
  /** In epoch ms; null where there is none. */
  readonly time: Millis | null;
  readonly watermark: Millis;
  /** Whether the module can be called for a timer. */
  readonly hasTimer: boolean;
  /** In a timer, its own time: it can't ask for that once more, and would never come to an end. */
  readonly after?: Millis;
  /** Told of a timer that was not there before. */
  plan(at: Millis): void;
}

/** One call of a user's module: what it is given, and what it asks for. Nothing of that lasts if it fails. */
export class Call {
  readonly state: UserState;
  readonly context: UserContext;
  readonly #kept: ProcessState;
  readonly #before: Pick<ProcessState, 'values' | 'timers'>;
  readonly #given: JsonObject[] = [];

  /** `kept` may be changed in place until the call is over. */
  constructor(kept: ProcessState, host: CallHost) {
    this.#kept = kept;
    this.#before = { values: { ...kept.values }, timers: kept.timers.slice() };
    this.state = stateOf(kept.values);
    const { time, watermark } = host;
    this.context = {
      time,
      watermark,
      // As it is now: the module may change it before the call is over.
      emit: (value) => void this.#given.push(eventOf(value)),
      timer: (at) => this.#ask(at, host),
      cancel: (at) => this.#cancel(at),
    };
  }

  /** All that the module gave, in order, when it has returned this. Throws DataError for what is no event. */
  results(returned: unknown): readonly JsonObject[] {
    if (returned === null || returned === undefined) return this.#given;
    for (const value of Array.isArray(returned) ? returned : [returned]) this.#given.push(eventOf(value));
    return this.#given;
  }

  /** It threw this: puts back what it had set, and gives the error that the event is refused with. */
  failed(thrown: unknown): Error {
    Object.assign(this.#kept, this.#before);
    if (thrown instanceof DataError || thrown instanceof SpecError) return thrown;
    return new DataError('module', messageOf(thrown), { cause: thrown });
  }

  #ask(at: Millis, { hasTimer, after = Number.NEGATIVE_INFINITY, plan }: CallHost): void {
    if (!hasTimer) throw new DataError('module', 'a timer is asked for, and the module exports no timer');
    if (!Number.isFinite(at)) throw new DataError('module', `a timer needs a time in epoch ms, not ${at}`);
    if (at <= after) throw new DataError('module', 'a timer can ask for a later time than its own only');
    const { timers } = this.#kept;
    if (timers.includes(at)) return;
    timers.push(at);
    plan(at);
  }

  #cancel(at: Millis): void {
    const { timers } = this.#kept;
    const index = timers.indexOf(at);
    if (index >= 0) timers.splice(index, 1);
  }
}

function stateOf(values: Record<string, unknown>): UserState {
  return {
    get: (name) => (Object.hasOwn(values, name) ? values[name] : undefined),
    set(name, value) {
      checkState(name, value);
      Object.defineProperty(values, name, { value, enumerable: true, configurable: true, writable: true });
    },
    delete: (name) => void delete values[name],
  };
}
