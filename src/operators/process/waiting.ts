import type { Millis } from '../../clock.ts';
import { copyOf } from '../../component/module-values.ts';
import type { AsyncStage, Context, Operator, Outcome, Result, StagedPart } from '../../component/operator.ts';
import { DataError } from '../../errors.ts';
import type { Event } from '../../event.ts';
import type { Entry } from '../detect/key-table.ts';
import { isInput } from '../window/input.ts';
import type { ProcessState } from './call.ts';
import type { ProcessParts } from './operator.ts';
import { resultsOf, resultsOfTimer, timerFailure } from './results.ts';

/** Calls a module that has to be waited for: the events of a key one after the other, those of different keys at once. */
export class WaitingProcess implements Operator {
  readonly stages: readonly StagedPart[];
  readonly #parts: ProcessParts;
  readonly #watermarks = new WeakMap<Event, Millis>();

  constructor(parts: ProcessParts) {
    this.#parts = parts;
    const stage = new ProcessStage(parts, (event) => this.#watermarks.get(event)!);
    this.stages = [{ stage, rest: { process: (event, context) => context.emit(event) } }];
  }

  get horizon(): Millis {
    return this.#parts.keys.horizon;
  }

  process(event: Event, context: Context): void {
    if (!isInput(event)) {
      context.filtered(event);
      return;
    }
    this.#watermarks.set(event, context.watermark);
    context.emit(event);
  }

  restored(): void {
    this.#parts.keys.restored();
  }
}

class ProcessStage implements AsyncStage {
  readonly concurrency = 1;
  /** Left out where nothing goes by time: then more events are handled at once. */
  readonly advance: AsyncStage['advance'];
  readonly #parts: ProcessParts;
  readonly #watermarkOf: (event: Event) => Millis;

  constructor(parts: ProcessParts, watermarkOf: (event: Event) => Millis) {
    this.#parts = parts;
    this.#watermarkOf = watermarkOf;
    if (parts.keys.goByTime) this.advance = (watermark) => this.#advance(watermark);
  }

  run(batch: readonly Event[]): Promise<readonly Outcome[]> {
    const last = new Map<string, Promise<Outcome>>();
    const outcomes = batch.map(async (event) => {
      try {
        const name = this.#parts.keys.nameOf(event);
        const before = last.get(name) ?? Promise.resolve(null);
        const outcome = before.then(() => this.#process(event));
        last.set(name, outcome);
        return await outcome;
      } catch (error) {
        if (error instanceof DataError) return error;
        throw error;
      }
    });
    return Promise.all(outcomes);
  }

  /** Resolves with a DataError for what is refused. */
  async #process(event: Event): Promise<Outcome> {
    const { module, keys } = this.#parts;
    // The call before may have had the key forgotten.
    const entry = keys.of(event);
    const { time } = event;
    const call = keys.call(entry, { time, watermark: this.#watermarkOf(event) });
    try {
      const value = copyOf(event.value!);
      const returned = await module.process(keys.keyOf(entry), value, call.state, call.context);
      return resultsOf(event, call.results(returned));
    } catch (error) {
      const failure = call.failed(error);
      if (failure instanceof DataError) return failure;
      throw failure;
    } finally {
      keys.done(entry, event);
    }
  }

  #advance(watermark: Millis): Promise<readonly Result[]> | undefined {
    const { keys } = this.#parts;
    const isDue = keys.earliest <= watermark && keys.earliest !== Number.POSITIVE_INFINITY;
    return isDue ? this.#fireAll(watermark) : undefined;
  }

  async #fireAll(watermark: Millis): Promise<readonly Result[]> {
    const { keys } = this.#parts;
    const results: Result[] = [];
    for (let due = keys.due(watermark); due !== undefined; due = keys.due(watermark)) {
      for (const entry of due.entries) results.push(...(await this.#fire(entry, due.at, watermark)));
    }
    return results;
  }

  async #fire(entry: Entry<ProcessState>, at: Millis, watermark: Millis): Promise<readonly Result[]> {
    const { module, keys, node, file } = this.#parts;
    const call = keys.call(entry, { time: at, watermark, after: at });
    try {
      const returned = await module.timer!(keys.keyOf(entry), at, call.state, call.context);
      return resultsOfTimer({ node, at, key: entry.text }, call.results(returned));
    } catch (error) {
      throw timerFailure(call.failed(error), file);
    } finally {
      keys.timerDone(entry, at);
    }
  }
}
