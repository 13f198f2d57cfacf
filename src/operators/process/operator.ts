import type { Millis } from '../../clock.ts';
import { copyOf } from '../../component/module-values.ts';
import type { Context, Operator, Result } from '../../component/operator.ts';
import { SpecError } from '../../errors.ts';
import type { Event } from '../../event.ts';
import type { Entry } from '../detect/key-table.ts';
import { isInput } from '../window/input.ts';
import type { ProcessState } from './call.ts';
import type { Keys } from './keys.ts';
import type { UserModule } from './module.ts';
import { resultsOf, resultsOfTimer, timerFailure } from './results.ts';

export interface ProcessParts {
  readonly node: string;
  /** For messages. */
  readonly file: string;
  readonly module: UserModule;
  readonly keys: Keys;
}

/** Calls a user's module for each event, with what it keeps of the event's key, and for its timers. */
export class Process implements Operator {
  readonly #parts: ProcessParts;

  constructor(parts: ProcessParts) {
    this.#parts = parts;
  }

  get horizon(): Millis {
    return this.#parts.keys.horizon;
  }

  process(event: Event, context: Context): void {
    if (!isInput(event)) {
      context.filtered(event);
      return;
    }
    const { module, keys } = this.#parts;
    const entry = keys.of(event);
    const call = keys.call(entry, { time: event.time, watermark: context.watermark });
    let given: readonly Event[];
    try {
      const returned = module.process(keys.keyOf(entry), copyOf(event.value!), call.state, call.context);
      given = resultsOf(event, call.results(this.#settled(returned)));
    } catch (error) {
      throw call.failed(error);
    } finally {
      keys.done(entry, event);
    }
    if (given.length === 0) context.filtered(event);
    else context.made?.(given.length - 1);
    for (const each of given) context.emit(each);
  }

  advance(watermark: Millis, context: Context): void {
    const { keys } = this.#parts;
    for (let due = keys.due(watermark); due !== undefined; due = keys.due(watermark)) {
      for (const entry of due.entries) this.#fire(entry, due.at, context);
    }
  }

  restored(): void {
    this.#parts.keys.restored();
  }

  #fire(entry: Entry<ProcessState>, at: Millis, context: Context): void {
    const { module, keys, node, file } = this.#parts;
    const call = keys.call(entry, { time: at, watermark: context.watermark, after: at });
    let given: readonly Result[];
    try {
      const returned = module.timer!(keys.keyOf(entry), at, call.state, call.context);
      given = resultsOfTimer({ node, at, key: entry.text }, call.results(this.#settled(returned)));
    } catch (error) {
      throw timerFailure(call.failed(error), file);
    } finally {
      keys.timerDone(entry, at);
    }
    context.made?.(given.length);
    for (const each of given) context.emitResult(each);
  }

  /** What was returned, and is no promise. Throws SpecError. */
  #settled(returned: unknown): unknown {
    if (typeof (returned as { then?: unknown } | undefined)?.then !== 'function') return returned;
    throw new SpecError('the module gives a promise, and is not declared async', {
      place: this.#parts.file,
      hint: 'write export async function process(key, event, state, ctx) { … }',
    });
  }
}
