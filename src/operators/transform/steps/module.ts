import { z } from 'zod';
import { importModule } from '../../../component/module.ts';
import { copyOf, eventOf } from '../../../component/module-values.ts';
import type { AsyncStage, Outcome } from '../../../component/operator.ts';
import { DataError, messageOf, SpecError } from '../../../errors.ts';
import { derive, Event, identityOf, type JsonObject } from '../../../event.ts';
import { defineStage } from './define.ts';

/** What a module's function is told beside the value. */
interface EventInfo {
  readonly time: number | null;
  readonly id: string;
}

type Transform = (value: JsonObject | null, info: EventInfo) => unknown;
type TransformBatch = (values: readonly (JsonObject | null)[], infos: readonly EventInfo[]) => unknown;

const path = z.string().min(1).meta({ path: true });

export const moduleStep = defineStage({
  type: 'module',
  options: z
    .union([
      path,
      z.strictObject({
        path: path.describe('The module, in JavaScript or TypeScript'),
        pure: z.boolean().default(false).describe('Whether it gives the same results for the same events'),
      }),
    ])
    .describe(
      'Calls transform(event) or transformBatch(events) of a module: none, one or many events for each',
    ),
  nonDeterminism: (options) =>
    typeof options === 'object' && options.pure
      ? undefined
      : 'a module may do anything (pure: true says it does not)',
  build: async (options) => new ModuleStage(typeof options === 'string' ? options : options.path),
});

class ModuleStage implements AsyncStage {
  readonly concurrency = Number.POSITIVE_INFINITY;
  readonly #path: string;
  #transform: Transform | undefined;
  #transformBatch: TransformBatch | undefined;

  constructor(file: string) {
    this.#path = file;
  }

  async open(): Promise<void> {
    const exported = await importModule(this.#path);
    if (typeof exported.transformBatch === 'function') {
      this.#transformBatch = exported.transformBatch as TransformBatch;
    } else if (typeof exported.transform === 'function') {
      this.#transform = exported.transform as Transform;
    } else {
      throw new SpecError('the module exports neither transform nor transformBatch', {
        place: this.#path,
        hint: 'write export function transform(event) { return event }',
      });
    }
  }

  async run(batch: readonly Event[]): Promise<readonly Outcome[]> {
    const transform = this.#transform;
    if (transform === undefined) return this.#runBatch(batch);
    return Promise.all(
      batch.map(async (event) => {
        try {
          const result = transform(given(event), infoOf(event));
          // Not awaited for nothing: the module may change what it gave when it is called again.
          return outcomeOf(event, isPromise(result) ? await result : result);
        } catch (error) {
          return failureOf(error);
        }
      }),
    );
  }

  async #runBatch(batch: readonly Event[]): Promise<readonly Outcome[]> {
    let results: unknown;
    try {
      results = await this.#transformBatch!(batch.map(given), batch.map(infoOf));
      if (!Array.isArray(results) || results.length !== batch.length) {
        throw new DataError('module', `transformBatch must return a list of ${batch.length} results`);
      }
    } catch (error) {
      return batch.map(() => failureOf(error));
    }
    const list: readonly unknown[] = results;
    return batch.map((event, index) => {
      try {
        return outcomeOf(event, list[index]);
      } catch (error) {
        return failureOf(error);
      }
    });
  }
}

function isPromise(result: unknown): result is PromiseLike<unknown> {
  return typeof (result as { then?: unknown } | null | undefined)?.then === 'function';
}

function given({ value }: Event): JsonObject | null {
  return value === null ? null : copyOf(value);
}

function infoOf(event: Event): EventInfo {
  return { time: event.time, id: identityOf(event) };
}

function outcomeOf(event: Event, result: unknown): Outcome {
  if (result === null || result === undefined) return null;
  if (!Array.isArray(result)) return derive(event, eventOf(result));
  return result.map((value, index) => {
    const { time, origin, index: at, change, firing, final } = event;
    const id = `${identityOf(event)}#${index}`;
    return new Event(eventOf(value), time, origin, at, id, change, firing, final);
  });
}

function failureOf(error: unknown): DataError {
  return error instanceof DataError ? error : new DataError('module', messageOf(error), { cause: error });
}
