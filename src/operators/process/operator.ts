import type { Millis } from '../../clock.ts';
import type { Context, Operator } from '../../component/operator.ts';
import { DataError, messageOf, SpecError } from '../../errors.ts';
import { Event, identityOf, type JsonObject, type Value } from '../../event.ts';
import { isObject, show } from '../../expression/values.ts';
import type { Entry, KeyState, KeyTable } from '../detect/key-table.ts';
import { Timetable } from '../detect/timetable.ts';
import { isInput } from '../window/input.ts';
import type { UserContext, UserKey, UserModule, UserState } from './module.ts';

export interface ProcessState extends KeyState {
  /** What the module keeps, by name. */
  readonly values: Record<string, unknown>;
  /** When it wants to be called, each time once. */
  readonly timers: Millis[];
  /** The time of its newest event; null if none had one. */
  seenAt: Millis | null;
}

export interface ProcessParts {
  readonly node: string;
  /** For messages. */
  readonly file: string;
  readonly module: UserModule;
  readonly table: KeyTable<ProcessState>;
  /** How long state outlives its key's newest event, in event time; may be infinite. */
  readonly ttl: Millis;
}

/** Takes what a module gives. */
type Emit = (value: JsonObject, index: number) => void;

/** Calls a user's module for each event, with what it keeps of the event's key, and for its timers. */
export class Process implements Operator {
  readonly #parts: ProcessParts;
  readonly #timers = new Timetable<Entry<ProcessState>>();
  /** When state may have outlived its key's newest event: one time a key. */
  readonly #ends = new Timetable<Entry<ProcessState>>();

  constructor(parts: ProcessParts) {
    this.#parts = parts;
  }

  get horizon(): Millis {
    return this.#timers.horizon;
  }

  process(event: Event, context: Context): void {
    if (!isInput(event)) {
      context.filtered(event);
      return;
    }
    const { module, table, ttl } = this.#parts;
    const { time, origin, index: at } = event;
    const value = structuredClone(event.value!);
    const identity = identityOf(event);
    const emit: Emit = (given, index) =>
      context.emit(new Event(given, time, origin, at, `${identity}#${index}`));
    const call = (key: UserKey, state: UserState, ctx: UserContext) => module.process(key, value, state, ctx);
    const entry = table.of(event);
    const expires = time !== null && ttl < Number.POSITIVE_INFINITY;
    const { seenAt } = entry.state;
    // Other keys need not have been that far in time for this one's state to be too old.
    if (expires && seenAt !== null && time > seenAt + ttl) this.#forgetValues(entry);
    this.#call(entry, time, context.watermark, emit, call);
    if (expires && table.has(entry)) this.#seen(entry, time);
  }

  advance(watermark: Millis, context: Context): void {
    for (;;) {
      const next = Math.min(this.#timers.earliest, this.#ends.earliest);
      if (next > watermark || next === Number.POSITIVE_INFINITY) return;
      this.#timers.run(next, (entry, at) => this.#fire(entry, at, context));
      this.#ends.run(next, (entry, at) => this.#expire(entry, at));
    }
  }

  restored(): void {
    for (const entry of this.#parts.table.restore()) {
      const { timers, seenAt } = entry.state;
      for (const at of timers) this.#timers.plan(entry, at);
      if (seenAt !== null) this.#planEnd(entry, seenAt);
    }
  }

  #fire(entry: Entry<ProcessState>, at: Millis, context: Context): void {
    const { module, node, table } = this.#parts;
    const index = entry.state.timers.indexOf(at);
    if (index < 0 || !table.has(entry)) return;
    table.edit(entry).timers.splice(index, 1);
    const emit: Emit = (value, number) =>
      context.emitResult({ value, time: at, id: `${node}/${at}/${entry.text}#${number}` });
    const call = (key: UserKey, state: UserState, ctx: UserContext) => module.timer?.(key, at, state, ctx);
    try {
      this.#call(entry, at, context.watermark, emit, call);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      // No event is to blame, so there is nothing to make a dead letter of.
      throw new SpecError(`the module's timer fails: ${error.message}`, { place: this.#parts.file });
    }
  }

  /** An event moves the end of its key's state; the end that was planned before is seen to be too early when it comes. */
  #seen(entry: Entry<ProcessState>, time: Millis): void {
    const { seenAt } = entry.state;
    if (seenAt !== null && time <= seenAt) return;
    this.#parts.table.edit(entry).seenAt = time;
    if (seenAt === null) this.#planEnd(entry, time);
  }

  #planEnd(entry: Entry<ProcessState>, seenAt: Millis): void {
    this.#ends.plan(entry, seenAt + this.#parts.ttl);
  }

  #expire(entry: Entry<ProcessState>, at: Millis): void {
    const { table, ttl } = this.#parts;
    const { seenAt, timers } = entry.state;
    if (seenAt === null || !table.has(entry)) return;
    // It was planned for an event before the newest one.
    if (seenAt + ttl > at) this.#planEnd(entry, seenAt);
    else if (timers.length === 0) table.forget(entry);
    else {
      this.#forgetValues(entry);
      table.edit(entry).seenAt = null;
    }
  }

  /** What the module is to be called for stays. */
  #forgetValues(entry: Entry<ProcessState>): void {
    const { values } = this.#parts.table.edit(entry);
    for (const name of Object.keys(values)) delete values[name];
  }

  /** Calls the module, and emits what it gave when it is done. */
  #call(
    entry: Entry<ProcessState>,
    time: Millis | null,
    watermark: Millis,
    emit: Emit,
    call: (key: UserKey, state: UserState, ctx: UserContext) => unknown,
  ): void {
    const { table } = this.#parts;
    const state = table.edit(entry);
    const given: unknown[] = [];
    const ctx: UserContext = {
      time,
      watermark,
      emit: (value) => void given.push(value),
      timer: (at) => this.#plan(entry, at),
      cancel: (at) => this.#cancel(entry, at),
    };
    const result = this.#guarded(() => call(keyOf(table.fieldsOf(entry)), stateOf(state.values), ctx));
    if (Array.isArray(result)) given.push(...result);
    else if (result !== null && result !== undefined) given.push(result);
    if (Object.keys(state.values).length === 0 && state.timers.length === 0) table.forget(entry);
    given.map(copyOf).forEach(emit);
  }

  /** What a module throws is about the event at hand. */
  #guarded(call: () => unknown): unknown {
    let result: unknown;
    try {
      result = call();
    } catch (error) {
      throw error instanceof DataError ? error : new DataError('module', messageOf(error), { cause: error });
    }
    if (typeof (result as { then?: unknown } | undefined)?.then !== 'function') return result;
    throw new SpecError('the module is async, and what it keeps must be known before the next event', {
      place: this.#parts.file,
      hint: 'take out async, and look things up before, with lookup: in a transform',
    });
  }

  #plan(entry: Entry<ProcessState>, at: Millis): void {
    if (!Number.isFinite(at)) throw new DataError('module', `a timer needs a time in epoch ms, not ${at}`);
    const { timers } = entry.state;
    if (timers.includes(at)) return;
    timers.push(at);
    this.#timers.plan(entry, at);
  }

  #cancel(entry: Entry<ProcessState>, at: Millis): void {
    const index = entry.state.timers.indexOf(at);
    if (index >= 0) entry.state.timers.splice(index, 1);
  }
}

function keyOf(fields: JsonObject): UserKey {
  const values = Object.values(fields);
  if (values.length === 0) return null;
  return values.length === 1 ? values[0]! : fields;
}

function stateOf(values: Record<string, unknown>): UserState {
  return {
    get: (name) => (Object.hasOwn(values, name) ? values[name] : undefined),
    set(name, value) {
      if (typeof value === 'function' || typeof value === 'symbol') {
        throw new DataError('module', `the state "${name}" must be data, not a ${typeof value}`);
      }
      Object.defineProperty(values, name, { value, enumerable: true, configurable: true, writable: true });
    },
    delete: (name) => void delete values[name],
  };
}

/** What a module gives may be what it keeps, and changes with the next event. */
function copyOf(given: unknown): JsonObject {
  if (isObject(given as Value)) {
    try {
      return structuredClone(given as JsonObject);
    } catch (error) {
      throw new DataError('module', `process must give data: ${messageOf(error)}`, { cause: error });
    }
  }
  throw new DataError(
    'module',
    `process must give an object, a list of them or nothing, not ${show(given as Value)}`,
  );
}

export function copyOfProcess(state: ProcessState): ProcessState {
  return { ...state, values: structuredClone(state.values), timers: state.timers.slice() };
}
