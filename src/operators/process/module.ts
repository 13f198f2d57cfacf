import { importModule } from '../../component/module.ts';
import { SpecError } from '../../errors.ts';
import type { JsonObject, Value } from '../../event.ts';

/** What a module keeps of one key, by name; it survives recoveries. Values are data: no functions, no classes. */
export interface UserState {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  delete(name: string): void;
}

/** What a module is told beside the event, and may do. */
export interface UserContext {
  /** The event's time, or the timer's, in epoch ms; null where there is none. */
  readonly time: number | null;
  /** No event at or before this time is expected any more, in epoch ms. */
  readonly watermark: number;
  /** Gives an event as the value is now: what the module changes in it later does not count. */
  emit(value: unknown): void;
  /** Calls the module's `timer` when the watermark has come to `at`, in epoch ms; once, however often it is asked for. */
  timer(at: number): void;
  /** Takes a timer back. */
  cancel(at: number): void;
}

/** The values of the key: one alone as it is, several as an object, none as null. */
export type UserKey = Value;

/** Either may give a promise if it is declared `async`. What one throws refuses the event, and what it had set is undone. */
export interface UserModule {
  process(key: UserKey, event: JsonObject, state: UserState, ctx: UserContext): unknown;
  timer?(key: UserKey, at: number, state: UserState, ctx: UserContext): unknown;
}

/** Throws SpecError for a module that is not there, fails, or has no `process`. */
export async function loadModule(file: string): Promise<UserModule> {
  const exported = await importModule(file);
  const process = exported.process ?? exported.default;
  if (typeof process !== 'function') {
    throw new SpecError('the module exports no function process', {
      place: file,
      hint: 'write export function process(key, event, state, ctx) { … }',
    });
  }
  const { timer } = exported;
  if (timer !== undefined && typeof timer !== 'function') {
    throw new SpecError('timer must be a function', {
      place: file,
      hint: 'write export function timer(key, at, state, ctx) { … }',
    });
  }
  return { process, ...(timer && { timer }) } as UserModule;
}

/** Whether what it calls has to be waited for. */
export function isAsync({ process, timer }: UserModule): boolean {
  return [process, timer].some((each) => each?.constructor.name === 'AsyncFunction');
}
